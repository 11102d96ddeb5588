"""Words of the intake: what each question is called and what it is for, and what is wrong with an answer."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

TITLES: dict[str, LazyString] = {
    "notice": _l("Her rights, read to her first"),
    "nickname": _l("Nickname or landmark"),
    "age_band": _l("Age"),
    "under_14": _l("Under 14: who consents?"),
    "languages": _l("Languages"),
    "safe_contact": _l("How to reach her safely"),
    "urgency": _l("Urgency"),
    "needs": _l("What she needs"),
    "limits": _l("What limits the choice"),
    "regions": _l("Regions"),
    "organizations_to_avoid": _l("Organizations to avoid"),
    "follow_up": _l("May we ask how she is?"),
    "note": _l("Note for your team"),
}
WHYS: dict[str, LazyString] = {
    "notice": _l("The law has her told before anything is written. Reading it takes under a minute."),
    "nickname": _l(
        "So that your team finds her file again. It is sealed, and never leaves your organization."
    ),
    "age_band": _l("Some services take only some ages, and under 18 the law has duties of its own."),
    "under_14": _l("Under 14, the law asks who agrees to what is written down."),
    "languages": _l("So that she is answered in words that she knows, and an interpreter is found in time."),
    "safe_contact": _l(
        "A call at the wrong moment can put her in danger. Relais holds everybody to what she says here."
    ),
    "urgency": _l("So that your team knows what cannot wait. You judge; nothing is computed."),
    "needs": _l("So that services are proposed for what she wants, and for nothing else."),
    "limits": _l("So that she is not sent where she cannot be taken in."),
    "regions": _l("So that services are near, and never where she is in danger."),
    "organizations_to_avoid": _l("Nothing about her is ever sent to these, and they are not proposed."),
    "follow_up": _l("Only if she agrees, and only in the safe way that she chose."),
    "note": _l("Only what helps the next colleague. It never leaves your organization."),
}
STEP_TITLES: dict[str, LazyString] = {
    "rights": _l("Her rights"),
    "name": TITLES["nickname"],
    "age": TITLES["age_band"],
    "languages": TITLES["languages"],
    "contact": _l("Safe contact"),
    "urgency": TITLES["urgency"],
    "needs": _l("Needs"),
    "limits": _l("Limits"),
    "regions": TITLES["regions"],
    "organizations": TITLES["organizations_to_avoid"],
    "follow-up": _l("Follow-ups"),
    "note": _l("Note"),
    "end": _l("What is said, what is left"),
}
WRONG: dict[str, LazyString] = {
    "unknown-choice": _l("Choose among what is offered."),
    "too-long": _l("Shorten it a little: it is longer than what is kept."),
    "several-lines": _l("Use letters, numbers and ordinary signs only."),
    "too-many": _l("That is more than can be kept: take some away."),
    "not-a-number": _l("How many children, from 0 to 15?"),
    "no-reason": _l("Say why, in one line."),
    "hours": _l("Give both hours, the first and the last, and not twice the same."),
    "no-detail": _l("Give the number or the address at which she is reached."),
    "empty": _l("Give an answer, or choose why there is none."),
    "both": _l("There is an answer, and a reason why there is none. Keep one of the two."),
}
OWN_WRONG: dict[tuple[str, str], LazyString] = {
    ("urgency", "unknown-choice"): _l("Choose how urgent it is."),
    ("safe_contact", "unknown-choice"): _l("Choose how she can be reached."),
    ("under_14", "unknown-choice"): _l("Choose who consents."),
    ("languages", "empty"): _l("Choose the language to be interpreted."),
    ("limits", "both"): _l("“Nothing of this” is ticked beside something else. Keep one of the two."),
    ("follow_up", "both"): _l("“No follow-up” is ticked beside something else. Keep one of the two."),
}


def say_wrong(question: str, reason: str) -> str:
    """Return what is wrong with an answer, and what to do."""
    return str(OWN_WRONG.get((question, reason), WRONG[reason]))
