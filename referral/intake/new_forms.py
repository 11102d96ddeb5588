"""Form of a file that is open already: what takes two minutes, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, HiddenField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional, StopValidation

from referral.accounts.forms import StaffForm, Ticks, check_line, tidy
from referral.intake.cases import Step, propose_step
from referral.intake.file_words import AGE_BANDS, NEEDS, URGENCIES
from referral.intake.new_files import Entered
from referral.intake.questions import LONGEST_LINE, LONGEST_NAME
from referral.intake.vocabulary import NeedState, Urgency

QUIET = {"autocomplete": "off"}
A_DAY = _l("Give a day, such as 2026-11-24.")
FARTHEST_BACK = timedelta(days=3653)
FARTHEST_ON = timedelta(days=366)


def _line(label: object, longest: int, *first: Any) -> StringField:
    checks = [*first, Length(max=longest, message=_l("Shorten it a little.")), check_line]
    return StringField(label, checks, filters=[tidy], render_kw={**QUIET, "maxlength": longest})


class QuickForm(StaffForm):
    """A file as it stands today."""

    entry = HiddenField()
    nickname = _line(_l("Nickname or landmark"), LONGEST_NAME, Optional())
    age_band = SelectField(_l("Age"), validate_choice=True)
    region = SelectField(_l("Region where she is now"), validate_choice=True)
    needs = Ticks(_l("What she needs now"), validate_choice=True)
    level = RadioField(_l("Urgency"), validate_choice=True, validators=[Optional()])
    reason = _line(_l("Why this urgency, in one line"), LONGEST_LINE)
    step = _line(_l("Next step"), LONGEST_LINE, DataRequired(_l("Say what is to be done next.")))
    step_on = DateField(_l("On which day"), [InputRequired(A_DAY)])
    deputy = SelectField(
        _l("Who takes over when you are away"),
        [InputRequired(_l("Choose who takes over when you are away."))],
        validate_choice=True,
    )
    opened_on = DateField(_l("Opened on"), [InputRequired(A_DAY)])
    another = BooleanField(_l("This is another person: enter it all the same"))

    def __init__(
        self, regions: Mapping[str, str], deputies: Mapping[UUID, str], today: date, *given: Any, **named: Any
    ) -> None:
        super().__init__(*given, **named)
        self.today = today
        self.age_band.choices = _with_none(
            {band.value: text for band, text in AGE_BANDS.items()}, _l("not asked")
        )
        self.region.choices = _with_none(regions, _l("not asked"))
        self.needs.choices = [SelectChoice(value=need.value, label=text) for need, text in NEEDS.items()]
        self.level.choices = [SelectChoice(value=level.value, label=URGENCIES[level]) for level in Urgency]
        people = {str(each): name for each, name in deputies.items()}
        self.deputy.choices = _with_none(people, _l("Choose"))
        if not self.is_submitted():
            self.step_on.data, self.opened_on.data = propose_step(None, today), today

    def validate_reason(self, field: StringField) -> None:
        """Take an urgency with its reason, or neither."""
        if self.level.data and not field.data:
            raise StopValidation(_l("Say why, in one line."))
        if field.data and not self.level.data:
            raise StopValidation(_l("Choose how urgent it is."))

    def validate_step_on(self, field: DateField) -> None:
        """Take a day to come."""
        if field.data and not self.today <= field.data <= self.today + FARTHEST_ON:
            raise StopValidation(_l("Choose a day from today on, within a year."))

    def validate_opened_on(self, field: DateField) -> None:
        """Take today or a day that was."""
        if field.data and not self.today - FARTHEST_BACK <= field.data <= self.today:
            raise StopValidation(_l("Choose today, or a day within the last ten years."))

    def read(self) -> Entered:
        """Return what is entered; what was left out was not asked."""
        answers: dict[str, Any] = {
            "nickname": self.nickname.data,
            "age_band": self.age_band.data,
            "regions": {"now": self.region.data} if self.region.data else None,
            "needs": dict.fromkeys(self.needs.data or (), NeedState.NOW.value),
            "urgency": {"level": self.level.data, "reason": self.reason.data} if self.level.data else None,
        }
        return Entered(
            UUID(self.deputy.data),
            Step(self.step_on.data, self.step.data),
            self.opened_on.data,
            {name: value for name, value in answers.items() if value},
        )


def _with_none(choices: Mapping[str, object], nothing: object) -> list[SelectChoice]:
    return [
        SelectChoice(value="", label=nothing),
        *(SelectChoice(value=value, label=label) for value, label in choices.items()),
    ]
