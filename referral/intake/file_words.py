"""Words for what a file holds: urgency, needs, limits, how she is reached, why it was closed."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from referral.intake.vocabulary import (
    AgeBand,
    Closure,
    FollowUpKind,
    FollowUpStatus,
    Need,
    NeedState,
    Said,
    Urgency,
)

URGENCIES: dict[Urgency | None, LazyString] = {
    Urgency.NOW: _l("Danger now"),
    Urgency.TONIGHT: _l("Unsafe tonight"),
    Urgency.UNSTABLE: _l("Unstable: within three working days"),
    Urgency.PLANNED: _l("Planned: within ten working days"),
    None: _l("Urgency not said"),
}
SAID: dict[Said, LazyString] = {
    Said.DECLINED: _l("prefers not to say"),
    Said.UNKNOWN: _l("not known"),
}
NOT_ASKED = _l("not asked")
AGE_BANDS: dict[AgeBand, LazyString] = {
    AgeBand.CHILD: _l("under 14"),
    AgeBand.MINOR: _l("14 to 17"),
    AgeBand.YOUNG: _l("18 to 24"),
    AgeBand.ADULT: _l("25 to 64"),
    AgeBand.SENIOR: _l("65 and over"),
}
NEEDS: dict[Need, LazyString] = {
    Need.SAFETY: _l("Safety"),
    Need.SHELTER: _l("Lodging"),
    Need.BASICS: _l("Food, clothes, hygiene, telephone"),
    Need.HEALTH: _l("Health"),
    Need.SEXUAL_HEALTH: _l("Sexual health"),
    Need.MENTAL_HEALTH: _l("Mental health"),
    Need.SUBSTANCES: _l("Substance use"),
    Need.LEGAL: _l("Law and justice"),
    Need.IMMIGRATION: _l("Immigration"),
    Need.INCOME: _l("Income and work"),
    Need.LANGUAGE: _l("Language and interpretation"),
    Need.FAMILY: _l("Family, children, pets"),
    Need.PAPERS: _l("Identity papers"),
    Need.TRANSPORT: _l("Transport"),
    Need.TECHNOLOGY: _l("Safety of telephone and accounts"),
    Need.PEERS: _l("Peers, culture, community"),
    Need.EDUCATION: _l("Education"),
    Need.RETURN: _l("Return, reunion with the family"),
}
NEED_STATES: dict[NeedState, LazyString] = {
    NeedState.NOW: _l("Needed now"),
    NeedState.IN_PROGRESS: _l("In progress"),
    NeedState.LATER: _l("Needed later"),
    NeedState.UNMET: _l("Not met"),
    NeedState.MET: _l("Met"),
    NeedState.DECLINED: _l("She does not want it"),
    NeedState.NO_NEED: _l("No need"),
}
"""In the order in which they are shown."""
GENDERS: dict[str, LazyString] = {
    "woman": _l("woman"),
    "man": _l("man"),
    "trans-woman": _l("trans woman"),
    "trans-man": _l("trans man"),
    "non-binary": _l("non-binary person"),
}
FLAGS: dict[str, LazyString] = {
    "wheelchair": _l("needs a place without steps"),
    "pets": _l("comes with a pet"),
    "substances": _l("uses substances now"),
    "no-papers": _l("has no identity papers"),
    "no-health-card": _l("has no health card"),
    "pregnant": _l("is pregnant"),
}
CHANNELS: dict[str, LazyString] = {
    "phone": _l("Telephone"),
    "text": _l("Text message"),
    "email": _l("E-mail"),
    "in-person": _l("In person only"),
    "through-someone": _l("Through somebody"),
    "none": _l("In no way"),
}
WEEKDAYS: tuple[LazyString, ...] = (
    _l("Monday"),
    _l("Tuesday"),
    _l("Wednesday"),
    _l("Thursday"),
    _l("Friday"),
    _l("Saturday"),
    _l("Sunday"),
)
FOLLOW_UPS: dict[FollowUpKind, LazyString] = {
    FollowUpKind.HOURS_48: _l("After 48 hours"),
    FollowUpKind.DAYS_7: _l("After 7 days"),
    FollowUpKind.DAYS_30: _l("After 30 days"),
    FollowUpKind.DAYS_90: _l("After 90 days"),
}
FOLLOW_UP_STATES: dict[FollowUpStatus, LazyString] = {
    FollowUpStatus.PLANNED: _l("planned"),
    FollowUpStatus.DONE: _l("she was reached"),
    FollowUpStatus.NOT_REACHED: _l("she was not reached"),
    FollowUpStatus.CANCELLED: _l("called off"),
}
CLOSURES: dict[Closure, LazyString] = {
    Closure.GOALS_MET: _l("What she wanted is done"),
    Closure.TRANSFERRED: _l("Another organization took over, and accepted to"),
    Closure.PERSON_STOPPED: _l("She chose to stop"),
    Closure.LOST_CONTACT: _l("Contact was lost, after several safe tries"),
    Closure.MOVED: _l("She moved away"),
    Closure.RETURNED: _l("She returned home or abroad"),
    Closure.NO_SERVICE: _l("No service can take her"),
    Closure.OTHER_AUTHORITY: _l("Youth protection or another authority takes over"),
    Closure.DECEASED: _l("She died"),
    Closure.IN_ERROR: _l("The file was opened by mistake"),
}
