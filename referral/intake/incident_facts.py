"""What the register of incidents holds: its eight items, and what the two notices need besides; pure.

Regulation respecting confidentiality incidents (A-2.1, r. 3.1), ss. 3, 5 and 7; it applies to private
bodies as well. Nothing here concludes anything: whether the risk is serious is said by a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

LONGEST_TEXT = 2000
LONGEST_LINE = 200


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an incident, in the words of whoever keeps the register."""

    information: str = ""
    """Item 1: the personal information concerned, or why it cannot be described."""
    circumstances: str = ""
    """Item 2; with the cause, where it is known."""
    occurred: str = ""
    """Item 3: when it happened, also approximately."""
    learned: str = ""
    """Item 4, beside the day: how it became known."""
    people: str = ""
    """Item 5: how many people, also approximately."""
    people_in_quebec: str = ""
    sensitivity: str = ""
    """Item 6, with the three that follow."""
    ill_use: str = ""
    consequences: str = ""
    likelihood: str = ""
    conclusion: str = ""
    """Why a person concluded that the risk is serious, or that it is not."""
    commission_on: str = ""
    """Item 7, with the three that follow: days as ``YYYY-MM-DD``, or nothing."""
    persons_on: str = ""
    public_on: str = ""
    public_reason: str = ""
    measures: str = ""
    """Item 8: what was done, and what will be, to make the harm less."""
    telling: str = ""
    """For the notice to the Commission: how and when the persons are told."""
    advice: str = ""
    """For the notice to a person: what she may do herself."""

    def as_plain(self) -> dict[str, str]:
        """Return what is sealed."""
        return {name: getattr(self, name) for name in NAMES}


NAMES: tuple[str, ...] = tuple(Facts.__dataclass_fields__)
WORKSHEET = ("sensitivity", "ill_use", "consequences", "likelihood", "conclusion")
ITEMS: tuple[tuple[str, ...], ...] = (
    ("information",),
    ("circumstances",),
    ("occurred",),
    ("learned_on", "learned"),
    ("people", "people_in_quebec"),
    ("is_serious", *WORKSHEET),
    ("commission_on", "persons_on", "public_on", "public_reason"),
    ("measures",),
)
"""The eight items of section 7, in its order, and the fields that answer each."""
NEEDED_TO_CONCLUDE = ("sensitivity", "consequences", "likelihood", "conclusion")


def make_facts(plain: dict[str, Any]) -> Facts:
    """Return what was sealed; what a later version added is not in what an earlier one sealed."""
    return Facts(**{name: str(plain.get(name) or "") for name in NAMES})


def missing_to_conclude(facts: Facts) -> list[str]:
    """Return what a person has not written down yet, without which she cannot conclude."""
    return [name for name in NEEDED_TO_CONCLUDE if not getattr(facts, name).strip()]
