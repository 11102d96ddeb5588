"""Words of reports: for each thing that is told apart, its codes in the order in which they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from referral.directory.cards import region_name
from referral.directory.feedback_forms import AGES
from referral.evidence.releasing import OTHERS
from referral.geo.areas import REGIONS
from referral.i18n.dates import say_partial_date
from referral.i18n.locale import current_language
from referral.intake.file_words import NEEDS
from referral.referrals.answer_words import REASONS
from referral.referrals.count_models import NOT_KNOWN, Step
from referral.referrals.delays import Delay
from referral.referrals.periods import Period
from referral.referrals.release_models import Subject
from referral.referrals.status import ReferralStatus
from referral.referrals.status_words import STATUSES

S = ReferralStatus
ENDS = (S.COMPLETED, S.REJECTED, S.FAILED, S.CANCELLED)
TITLES: dict[str, LazyString] = {
    "need": _l("By need"),
    "outcome": _l("How they ended"),
    "reason": _l("Reasons"),
    "region_code": _l("Regions"),
    "population": _l("For whom"),
    "age_band": _l("Ages"),
    "delay_to_answer": _l("Days until the answer"),
    "delay_to_service": _l("Days until the service began"),
}
SUBJECTS: dict[Subject, LazyString] = {
    Subject.SENT: _l("Those that we sent"),
    Subject.RECEIVED: _l("Those that we were sent"),
}
STEPS: dict[Step, LazyString] = {
    Step.SENT: _l("Referrals sent"),
    Step.ANSWERED: _l("Answered for the first time"),
    Step.BEGAN: _l("Service begun"),
    Step.ENDED: _l("Referrals ended"),
}
DELAYS: dict[Delay, LazyString] = {
    Delay.SAME_DAY: _l("Same day"),
    Delay.ONE_DAY: _l("1 day"),
    Delay.DAYS_2_3: _l("2 or 3 days"),
    Delay.DAYS_4_7: _l("4 to 7 days"),
    Delay.DAYS_8_14: _l("8 to 14 days"),
    Delay.MORE: _l("15 days or more"),
    Delay.BEFORE_ANSWER: _l("Ended without an answer"),
    Delay.BEFORE_SERVICE: _l("Ended before any service"),
}
HIDDEN = _l("less than 5, or held back")


PEOPLE: dict[str, LazyString] = {
    "women": _l("Women and girls"),
    "men": _l("Men and boys"),
    "trans_nonbinary": _l("Trans or non-binary people"),
}


def title_of(of: str, outcome: str) -> str:
    """Return the title of a table of those that ended in one way."""
    if of == "reason":
        return _("Why – %(outcome)s", outcome=STATUSES[S(outcome)])
    return (
        _("Days until it was declined")
        if of == "delay_to_answer"
        else _("Days until the service began, where it was done")
    )


def words_of(by: str) -> dict[str, str]:
    """Return the words of codes, in order; what is not known comes last."""
    return {**_words_of(by), NOT_KNOWN: _("Not known"), OTHERS: _("Other needs, put together")}


def _words_of(by: str) -> dict[str, str]:
    if by == "region_code":
        return {code: region_name(code) for code in sorted(REGIONS)}
    lazy: dict[str, Mapping[Any, LazyString]] = {
        "need": NEEDS,
        "outcome": {status: STATUSES[status] for status in ENDS},
        "reason": REASONS,
        "age_band": AGES,
        "population": PEOPLE,
    }
    return {str(code): str(words) for code, words in lazy.get(by, DELAYS).items()}


def say_period(period: Period) -> str:
    """Return a period in words: its first and last month."""
    first, last = (
        say_partial_date(f"{day:%Y-%m}", current_language()) for day in (period.first, period.last)
    )
    return _("%(first)s to %(last)s", first=first, last=last)
