"""Forms of the life of a file: next step, who keeps it, its end, and what came of a follow-up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional, StopValidation

from referral.accounts.forms import StaffForm, Ticks, check_line, tidy
from referral.intake.cases import Step
from referral.intake.file_words import CLOSURES
from referral.intake.follow_ups import day_of
from referral.intake.life import KeeperRefusedError, Keepers
from referral.intake.questions import LONGEST_LINE, LONGEST_NAME, LONGEST_NOTE
from referral.shared.clock import now

FARTHEST = timedelta(days=366)
A_DAY = _l("Give a day, such as 2026-11-24.")
TOO_LONG = _l("Use 140 characters at most.")
QUIET = {"autocomplete": "off"}
FOR_GOOD, UNTIL = "good", "until"


REFUSED = {
    "owner": _l("Choose who owns the file, among those who keep files here."),
    "deputy": _l("Choose a deputy who keeps files here, and is not the owner."),
}


def check_coming(_form: StaffForm, field: DateField) -> None:
    """Take a day from today on, within a year."""
    today = day_of(now())
    if field.data is None:
        return
    if not today <= field.data <= today + FARTHEST:
        raise StopValidation(_l("Choose a day from today on, within a year."))


def read_person(text: str | None) -> UUID | None:
    """Return whom a choice names, or None where it names nobody."""
    try:
        return UUID(text or "")
    except ValueError:
        return None


def choose_keepers(owner: str | None, deputy: str | None, until: date | None = None) -> Keepers:
    """Return who is chosen; raises KeeperRefusedError where no owner is."""
    owner_id = read_person(owner)
    if owner_id is None:
        raise KeeperRefusedError("owner")
    return Keepers(owner_id, read_person(deputy), until)


def offer(field: SelectField, people: Mapping[UUID, str], nobody: object) -> None:
    """Let somebody be chosen."""
    field.choices = [
        SelectChoice(value="", label=nobody),
        *(SelectChoice(value=str(each), label=name) for each, name in people.items()),
    ]


class StepForm(StaffForm):
    """The next step; what the page showed before comes along, so that two who write are told."""

    text = StringField(
        _l("Next step"),
        [
            DataRequired(_l("Say what is to be done.")),
            Length(max=LONGEST_LINE, message=TOO_LONG),
            check_line,
        ],
        filters=[tidy],
        render_kw=QUIET,
    )
    on = DateField(_l("On which day"), [InputRequired(A_DAY), check_coming])
    shown_text = HiddenField()
    shown_on = HiddenField()

    def read(self) -> Step:
        """Return the step that is wanted."""
        return Step(self.on.data, self.text.data)

    def read_shown(self) -> Step | None:
        """Return the step that the page showed."""
        try:
            return Step(date.fromisoformat(self.shown_on.data or ""), self.shown_text.data or "")
        except ValueError:
            return None

    def show(self, step: Step | None) -> None:
        """Note what is in the file now."""
        self.shown_text.data, self.shown_on.data = (step.text, step.on.isoformat()) if step else ("", "")


def _how_long() -> RadioField:
    return RadioField(
        _l("For how long?"),
        choices=[
            SelectChoice(value=FOR_GOOD, label=_l("For good")),
            SelectChoice(value=UNTIL, label=_l("Until the owner is back")),
        ],
        default=FOR_GOOD,
        validate_choice=True,
    )


def _until() -> DateField:
    return DateField(_l("Day on which the file goes back"), [Optional(), check_coming])


def _keeper(label: object, which: str) -> SelectField:
    return SelectField(label, [InputRequired(REFUSED[which])], validate_choice=False)


class KeepersForm(StaffForm):
    """Who keeps a file, for good or for an absence."""

    owner = SelectField(_l("Owner"), validate_choice=False)
    deputy = SelectField(_l("Deputy"), validate_choice=False)
    how = _how_long()
    until = _until()
    shown_owner = HiddenField()
    shown_deputy = HiddenField()

    def __init__(self, people: Mapping[UUID, str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self.owner, people, _l("Choose"))
        offer(self.deputy, people, _l("Choose"))

    def validate_how(self, field: RadioField) -> None:
        """Ask for the day of the return."""
        if field.data == UNTIL and self.until.data is None:
            raise StopValidation(_l("Say on which day the file goes back."))

    def read(self) -> Keepers:
        """Return who is wanted; raises KeeperRefusedError where no owner is named."""
        until = self.until.data if self.how.data == UNTIL else None
        return choose_keepers(self.owner.data, self.deputy.data, until)

    def show(self, owner: UUID, deputy: UUID | None) -> None:
        """Note who keeps the file now."""
        self.shown_owner.data, self.shown_deputy.data = str(owner), str(deputy or "")


class OpenForm(StepForm):
    """What a file needs to leave draft."""

    deputy = _keeper(_l("Deputy"), "deputy")

    def __init__(self, people: Mapping[UUID, str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self.deputy, people, _l("Choose"))


class ReopenForm(OpenForm):
    """What a closed file needs to be opened again."""

    owner = _keeper(_l("Owner"), "owner")
    deputy = _keeper(_l("Deputy"), "deputy")

    def __init__(self, people: Mapping[UUID, str], *args: Any, **kwargs: Any) -> None:
        super().__init__(people, *args, **kwargs)
        offer(self.owner, people, _l("Choose"))


def _lines(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n").strip()


class CloseForm(StaffForm):
    """Why a file is closed."""

    reason = RadioField(
        _l("Why is it closed?"),
        [InputRequired(_l("Choose why it is closed."))],
        choices=[SelectChoice(value=each.value, label=label) for each, label in CLOSURES.items()],
    )
    note = TextAreaField(
        _l("In a few words, if you wish"),
        [Length(max=LONGEST_NOTE, message=_l("Use 500 characters at most."))],
        filters=[_lines],
        render_kw={"rows": 3, **QUIET},
    )


class OutcomeForm(StaffForm):
    """What came of a follow-up."""

    reached = RadioField(
        _l("Was she reached?"),
        [InputRequired(_l("Say whether she was reached."))],
        choices=[SelectChoice(value="yes", label=_l("Yes")), SelectChoice(value="no", label=_l("No"))],
    )
    words = TextAreaField(
        _l("How she is, in a few words"),
        [Length(max=LONGEST_NOTE, message=_l("Use 500 characters at most."))],
        filters=[_lines],
        render_kw={"rows": 3, **QUIET},
    )


class SeeContactForm(StaffForm):
    """Why somebody looks at how to reach her when her rule does not allow it."""

    reason = StringField(
        _l("Why must it be now?"),
        [
            DataRequired(_l("Say why it must be now.")),
            Length(max=LONGEST_LINE, message=TOO_LONG),
            check_line,
        ],
        filters=[tidy],
        render_kw=QUIET,
    )


class FindForm(StaffForm):
    """A surnom or landmark."""

    words = StringField(
        _l("Find by nickname or landmark"),
        [
            DataRequired(_l("Type a nickname or a landmark.")),
            Length(max=LONGEST_NAME, message=_l("Use 60 characters at most.")),
            check_line,
        ],
        filters=[tidy],
        render_kw=QUIET,
    )


class HandingForm(StaffForm):
    """Which files, to whom, for how long."""

    files = Ticks(_l("Which files"), validate_choice=False)
    owner = _keeper(_l("To whom"), "owner")
    deputy = SelectField(_l("Deputy, where that person is the deputy already"), validate_choice=False)
    how = _how_long()
    until = _until()

    def __init__(
        self, files: Mapping[UUID, object], people: Mapping[UUID, str], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.files.choices = [SelectChoice(value=str(each), label=label) for each, label in files.items()]
        offer(self.owner, people, _l("Choose"))
        offer(self.deputy, people, _l("Choose"))

    def validate_files(self, field: Ticks) -> None:
        """Take one file at least, of those that are offered."""
        offered = {each.value for each in field.choices}
        if not field.data or not set(field.data) <= offered:
            raise StopValidation(_l("Tick the files to hand over."))

    def validate_how(self, field: RadioField) -> None:
        """Ask for the day of the return."""
        if field.data == UNTIL and self.until.data is None:
            raise StopValidation(_l("Say on which day the files go back."))
