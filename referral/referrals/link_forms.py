"""Forms of whoever answers by a link: nobody is signed in, so each carries the link's own token."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l
from wtforms import Form, RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from referral.referrals.answer_words import REASONS, RULES
from referral.referrals.moving import Why
from referral.referrals.reasons import REASONS as OF_STATUS
from referral.referrals.reasons import NotEligible, Reason
from referral.referrals.status import ReferralStatus

LONGEST = 300
NONE = ""


class Answer(StrEnum):
    """What can be said by a link."""

    ACCEPT = "accept"
    DECLINE = "decline"
    CALL_ME = "call-me"


ANSWERS = {
    Answer.ACCEPT: _l("Yes, we can"),
    Answer.DECLINE: _l("No, we cannot"),
    Answer.CALL_ME: _l("Call me first, before I answer"),
}
NO_CHOICE = SelectChoice(value=NONE, label=_l("Choose"))


class AnswerForm(Form):  # type: ignore[misc]  # WTForms has no types
    """Yes, no with its reason, or a call first."""

    answer = RadioField(
        _l("Your answer"),
        [InputRequired(_l("Choose an answer."))],
        choices=[SelectChoice(value=each.value, label=words) for each, words in ANSWERS.items()],
    )
    reason = SelectField(
        _l("If no: why?"),
        choices=[
            NO_CHOICE,
            *(
                SelectChoice(value=each.value, label=REASONS[each])
                for each in OF_STATUS[ReferralStatus.REJECTED]
            ),
        ],
        default=NONE,
    )
    rule = SelectField(
        _l("If a rule of admission stands against it: which?"),
        choices=[NO_CHOICE, *(SelectChoice(value=each.value, label=words) for each, words in RULES.items())],
        default=NONE,
    )
    note = TextAreaField(
        _l("A few words, if needed"),
        [Length(max=LONGEST, message=_l("Use %(number)d characters at most.", number=LONGEST))],
        filters=[lambda text: (text or "").replace("\0", "").replace("\r\n", "\n").strip()],
        render_kw={"rows": 2, "maxlength": LONGEST, "autocomplete": "off"},
    )

    def validate_reason(self, field: SelectField) -> None:
        """Ask why where the answer is no; a rule of admission is why."""
        if self.answer.data == Answer.DECLINE and not field.data and self.rule.data:
            field.data = Reason.NOT_ELIGIBLE.value
        if self.answer.data == Answer.DECLINE and not field.data:
            raise ValidationError(_l("Choose why."))

    def validate_rule(self, field: SelectField) -> None:
        """Ask which rule of admission it is."""
        is_rule = self.answer.data == Answer.DECLINE and self.reason.data == Reason.NOT_ELIGIBLE
        if is_rule and not field.data:
            raise ValidationError(_l("Choose which rule."))

    def read(self) -> Why:
        """Return why, from a form that was found right; a rule only where the reason asks for it."""
        note = self.note.data or ""
        if self.answer.data != Answer.DECLINE:
            return Why(note=note)
        reason = Reason(self.reason.data)
        return Why(reason, NotEligible(self.rule.data) if reason is Reason.NOT_ELIGIBLE else None, note)
