"""Forms of referrals: whom to ask for what, answers, words, calls."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, RadioField, SelectField, TextAreaField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, StopValidation

from referral.accounts.forms import QUIET, StaffForm, Ticks
from referral.intake.file_words import NEEDS, URGENCIES
from referral.intake.vocabulary import Need, Urgency
from referral.referrals.answer_words import CALLED, REASONS, REFUSED, RULES, WAYS
from referral.referrals.calls import LONGEST as LONGEST_CALL
from referral.referrals.messages import LONGEST
from referral.referrals.models import Called
from referral.referrals.moving import Why
from referral.referrals.proposals import TIMED, Proposal, Way
from referral.referrals.reasons import BY_THE_SYSTEM, NotEligible, Reason
from referral.referrals.reasons import REASONS as OF_STATUS
from referral.referrals.status import ReferralStatus
from referral.shared.clock import QUEBEC

LAST_NUMBER = 2**31


def lines(text: str | None) -> str:
    """Return a text as it is kept: one sign for the end of a line, nothing around."""
    return (text or "").replace("\r\n", "\n").replace("\0", "").strip()


def _offer(words: Mapping[Any, object]) -> list[SelectChoice]:
    return [SelectChoice(value=str(code), label=label) for code, label in words.items()]


def _text(label: object, most: int = LONGEST) -> TextAreaField:
    return TextAreaField(
        label,
        [Optional(), Length(max=most, message=_l("Use %(number)d characters at most.", number=most))],
        filters=[lines],
        render_kw={"rows": 2, "maxlength": most, **QUIET},
    )


class AskForm(StaffForm):
    """One need, asked of one or several; nobody is ticked by us."""

    need = RadioField(_l("For which need?"), [InputRequired(_l("Choose the need."))])
    urgency = RadioField(
        _l("How urgent is it?"),
        [InputRequired(_l("Choose how urgent it is."))],
        choices=_offer({each: URGENCIES[each] for each in Urgency}),
    )
    recipients = Ticks(_l("Whom do you ask?"), [InputRequired(REFUSED["nobody"])])
    entry = HiddenField()
    previous = HiddenField()

    def offer(self, needs: list[Need], recipients: Mapping[str, str]) -> None:
        """Let needs and recipients be chosen."""
        self.need.choices = _offer({need: NEEDS[need] for need in needs})
        self.recipients.choices = _offer(recipients)


class ActForm(StaffForm):
    """A button upon what was shown: ``version`` says what that was."""

    version = HiddenField()

    @property
    def shown(self) -> int:
        """Return the version that was shown; none that there is where it makes no sense."""
        text = (self.version.data or "").strip()
        is_number = text.isascii() and text.isdigit() and len(text) < len(str(LAST_NUMBER))
        return int(text) if is_number else -1


class MoveForm(ActForm):
    """Where a referral goes, and why; its fields are named by where, for there are several on a page."""

    wanted = HiddenField()
    reason = RadioField(_l("Why?"), validate_choice=False)
    sub = SelectField(_l("By which rule of admission?"), validate_choice=False)
    note = _text(_l("In a few words, for the other side: never a name"), LONGEST_CALL)

    def __init__(self, wanted: ReferralStatus, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.status_wanted = wanted
        self.wanted.data = wanted.value
        codes = [each for each in OF_STATUS.get(wanted, ()) if each not in BY_THE_SYSTEM]
        self.reason.choices = _offer({code: REASONS[code] for code in codes})
        self.sub.choices = [SelectChoice(value="", label=_l("None")), *_offer(RULES)]
        for field in self:
            field.id = f"{wanted.value}-{field.name}"
            field.label.field_id = field.id

    @property
    def has_rules(self) -> bool:
        """Say whether a rule of admission may be the reason."""
        return self.status_wanted is ReferralStatus.REJECTED

    def validate_reason(self, field: RadioField) -> None:
        """Take one of the reasons that belong there, and none where none does; a rule is a reason."""
        if self.has_rules and not field.data and self.sub.data:
            field.data = Reason.NOT_ELIGIBLE.value
        offered = {choice.value for choice in field.choices}
        if offered and field.data not in offered:
            raise StopValidation(_l("Choose why."))

    def validate_sub(self, field: SelectField) -> None:
        """Ask by which rule of admission, where that is the reason."""
        if self.reason.data == Reason.NOT_ELIGIBLE and field.data not in set(NotEligible):
            raise StopValidation(_l("Say by which rule of admission."))

    def read(self) -> Why:
        """Return why."""
        reason = Reason(self.reason.data) if self.reason.choices else None
        sub = NotEligible(self.sub.data) if reason is Reason.NOT_ELIGIBLE else None
        return Why(reason, sub, self.note.data or "")


class MessageForm(StaffForm):
    """Words that both sides read."""

    text = TextAreaField(
        _l("Your message"),
        [InputRequired(REFUSED["empty"]), Length(max=LONGEST, message=REFUSED["too-long"])],
        filters=[lines],
        render_kw={"rows": 3, "maxlength": LONGEST, **QUIET},
    )


class CallForm(StaffForm):
    """How a call ended."""

    answered = RadioField(
        _l("How did the call end?"), [InputRequired(_l("Say how it ended."))], choices=_offer(CALLED)
    )
    call_note = _text(_l("What was said, if it matters"), LONGEST_CALL)

    def read(self) -> Called:
        """Return how it ended."""
        return Called(self.answered.data)


class WayForm(StaffForm):
    """How they come to speak."""

    way = RadioField(
        _l("How do you and she come to speak?"),
        [InputRequired(_l("Choose how."))],
        choices=_offer({each: WAYS[each] for each in Way if each is not Way.CONFIRMED}),
    )
    on_day = DateField(_l("Day of the call of three"), [Optional()])
    at_time = TimeField(_l("Hour of the call of three"), [Optional()])
    way_text = _text(_l("What else they should know: never a name"))

    def read(self) -> Proposal:
        """Return what is proposed; raises TimeRefusedError nowhere: the rule does."""
        way = Way(self.way.data)
        if way not in TIMED or self.on_day.data is None or self.at_time.data is None:
            return Proposal(way)
        return Proposal(way, datetime.combine(self.on_day.data, self.at_time.data, QUEBEC))


class StrikeForm(ActForm):
    """That a referral was an error."""

    strike_note = _text(_l("What was wrong: never a name"), LONGEST_CALL)
