"""A post office for tests."""

from __future__ import annotations

from dataclasses import dataclass, field

from referral.mail.letters import Message
from referral.mail.sending import Parcel, SendingError

LINK = "https://relais.example/fr/account/invitation/le-jeton-exemple"


def invitation(key: str = "invitation:1", to: str = "camille@exemple.example", **values: str) -> Message:
    """Return a message that is fit to be written."""
    usual = {"inviter": "Camille Exemple", "organization": "Maison Exemple", "until": "1er mai", "link": LINK}
    return Message("invitation", to, "fr", key, usual | values)


@dataclass
class Post:
    """Takes letters, unless told what to answer first."""

    answers: list[SendingError] = field(default_factory=list)
    taken: list[Parcel] = field(default_factory=list)

    def send(self, parcel: Parcel) -> None:
        """Take one letter, or raise the next answer."""
        if self.answers:
            raise self.answers.pop(0)
        self.taken.append(parcel)
