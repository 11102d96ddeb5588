"""Words about consents and what is communicated without: items, purposes, refusals, grounds."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from referral.intake.vocabulary import Basis, Capacity, ConsentMode, EndOfPacket, Item, Purpose

SCRIPT_VERSION = "2026-11"
"""Of the words that are read out (``templates/cases/consent_text_<version>.html``): what was read stays."""
ITEMS: dict[Item, LazyString] = {
    Item.NEEDS: _l("What she needs"),
    Item.AGE_BAND: _l("Her age, as a band"),
    Item.LANGUAGES: _l("Her languages"),
    Item.LIMITS: _l("What limits the choice of a service"),
    Item.REGIONS: _l("Regions: now, wanted, to avoid"),
    Item.URGENCY: _l("How urgent it is, and why"),
    Item.SAFE_CONTACT: _l("How to reach her safely"),
}
PURPOSES: dict[Purpose, LazyString] = {
    Purpose.SHELTER: _l("To find a place to stay"),
    Purpose.SUPPORT: _l("To be accompanied and supported"),
    Purpose.HEALTH: _l("For her health"),
    Purpose.LEGAL: _l("For law and justice"),
    Purpose.IMMIGRATION: _l("For immigration"),
    Purpose.WORK_AND_MONEY: _l("For work and money"),
    Purpose.OTHER: _l("For another reason"),
}
MODES: dict[ConsentMode, LazyString] = {
    ConsentMode.SPOKEN: _l("She said it"),
    ConsentMode.SIGNED: _l("She signed a paper"),
    ConsentMode.ELECTRONIC: _l("She wrote it, by text message or e-mail"),
}
CAPACITIES: dict[Capacity, LazyString] = {
    Capacity.SELF: _l("She does, herself"),
    Capacity.PARENT: _l("A parent or tutor, for a child under 14"),
    Capacity.CHILDS_BENEFIT: _l("Nobody else: it is clearly for the benefit of a child under 14"),
}
COPIES: dict[str, LazyString] = {
    "given": _l("Given to her"),
    "refused": _l("Offered; she does not want it"),
    "dangerous": _l("Not given: to carry it would be dangerous"),
}
WAYS: dict[str, LazyString] = {
    "in-person": _l("In person"),
    "phone": _l("By telephone"),
    "text": _l("By text message"),
    "email": _l("By e-mail"),
    "letter": _l("By letter"),
    "through-someone": _l("Through somebody"),
}
ENDED: dict[EndOfPacket, LazyString] = {
    EndOfPacket.EXPIRED: _l("Its time is over"),
    EndOfPacket.WITHDRAWN: _l("The consent was withdrawn"),
    EndOfPacket.RECALLED: _l("The sender took it back"),
    EndOfPacket.ERASED: _l("The file was destroyed"),
}
REFUSED: dict[str, LazyString] = {
    "no-recipient": _l("Choose to whom."),
    "too-many": _l("Choose ten organizations at most, each once."),
    "own-organization": _l("Your own organization needs no consent to read its file."),
    "to-avoid": _l("She asked to avoid this organization: nothing can go to it."),
    "region-to-avoid": _l(
        "This organization is only in a region that she asked to avoid: nothing can go to it."
    ),
    "no-item": _l("Tick at least one thing that may be shared."),
    "not-express": _l("What she needs and what limits the choice are sensitive: ask her for these apart."),
    "days": _l("Choose from 1 to 90 days."),
    "too-long": _l("Use 300 characters at most."),
    "closed": _l("The file is closed: no consent is written in it."),
    "too-young": _l("Under 14, she does not consent alone: say who does."),
    "old-enough": _l("From 14 years on she consents herself, and nobody for her."),
    "no-line": _l("The intake must say who consents for a child under 14, and why. Write it there first."),
}
BASES: dict[Basis, LazyString] = {
    Basis.DANGER: _l("Serious danger, and urgency"),
    Basis.CHILD: _l("A child to protect"),
    Basis.COURT: _l("The order of a court"),
}
CONDITIONS: dict[Basis, LazyString] = {
    Basis.DANGER: _l(
        "There is reason to believe that somebody risks death or serious injury, also of the mind, and that "
        "it is urgent. Only to those in danger, those who represent them, and those who can help; only what "
        "is necessary. (Act respecting the protection of personal information in the private sector, "
        "section 18.1; for a public body, Act respecting access to documents, section 59.1.)"
    ),
    Basis.CHILD: _l(
        "A child under 18 is or may be in danger: professionals, and everyone for sexual or physical abuse, "
        "must report it to youth protection. (Youth Protection Act, section 39.)"
    ),
    Basis.COURT: _l(
        "A judge orders it, in writing. Ask whoever is in charge of personal information before you hand "
        "anything over, and hand over only what the order names."
    ),
}
PARTS: dict[str, LazyString] = {
    "facts": _l("The facts, and why it is urgent"),
    "items": _l("Exactly what is communicated"),
    "recipient": _l("To whom: name, role, telephone"),
}
