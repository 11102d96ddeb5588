"""Forms of the register of incidents: its items, the worksheet of risk, and who is written to."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from wtforms import BooleanField, DateField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from referral.accounts.forms import QUIET, StaffForm, tidy
from referral.intake.incident_facts import LONGEST_LINE, LONGEST_TEXT, NAMES, Facts
from referral.intake.incidents import IncidentRefusedError, Told

DAYS = ("commission_on", "persons_on", "public_on")
SERIOUS = {"yes": True, "no": False, "": None}
REFUSED: dict[str, LazyString] = {
    "future": _l("This day is still to come."),
    "needed": _l("Write this down before you conclude."),
}
LABELS: dict[str, LazyString] = {
    "learned_on": _l("Day on which you learned of it"),
    "learned": _l("How you learned of it"),
    "information": _l("Personal information concerned, or why it cannot be described"),
    "circumstances": _l("What happened, and why if it is known"),
    "occurred": _l("When it happened, even roughly"),
    "people": _l("How many people are concerned, even roughly"),
    "people_in_quebec": _l("Of them, how many live in Québec"),
    "sensitivity": _l("How sensitive is this information?"),
    "ill_use": _l("What could somebody who wishes harm do with it?"),
    "consequences": _l("What could follow for the people?"),
    "likelihood": _l("How likely is it that it serves to harm them?"),
    "conclusion": _l("What makes you conclude so"),
    "is_serious": _l("Is there a risk of serious injury?"),
    "commission_on": _l("Day on which the Commission was told"),
    "persons_on": _l("Day on which the people were told"),
    "public_on": _l("Day of a public notice, if there was one"),
    "public_reason": _l("Why a public notice"),
    "measures": _l("What was done, and what will be, to make the harm less"),
    "telling": _l("For the notice to the Commission: how and when the people are told"),
    "advice": _l("For the notice to a person: what she can do herself"),
}


def _text(name: str, rows: int = 3) -> TextAreaField:
    return TextAreaField(
        LABELS[name],
        [Length(max=LONGEST_TEXT, message=_l("Use 2,000 characters at most."))],
        filters=[lambda text: (text or "").replace("\r\n", "\n").strip()],
        render_kw={"rows": rows, "autocomplete": "off"},
    )


def _line(name: str) -> StringField:
    return StringField(
        LABELS[name],
        [Length(max=LONGEST_LINE, message=_l("Use 200 characters at most."))],
        filters=[tidy],
        render_kw={"autocomplete": "off"},
    )


def _day(name: str) -> DateField:
    return DateField(LABELS[name], [Optional()])


class IncidentForm(StaffForm):
    """An entry of the register."""

    version = HiddenField(default="0")
    information = _text("information")
    circumstances = _text("circumstances")
    occurred = _line("occurred")
    learned_on = DateField(LABELS["learned_on"], [InputRequired(_l("Give a day, such as 2026-11-24."))])
    learned = _line("learned")
    people = _line("people")
    people_in_quebec = _line("people_in_quebec")
    sensitivity = _text("sensitivity")
    ill_use = _text("ill_use")
    consequences = _text("consequences")
    likelihood = _text("likelihood")
    conclusion = _text("conclusion")
    is_serious = RadioField(
        LABELS["is_serious"],
        choices=[
            SelectChoice(value="", label=_l("Not concluded yet")),
            SelectChoice(value="yes", label=_l("Yes: the Commission and the people are told promptly")),
            SelectChoice(value="no", label=_l("No: it is kept in the register")),
        ],
        default="",
    )
    measures = _text("measures")
    commission_on = _day("commission_on")
    persons_on = _day("persons_on")
    public_on = _day("public_on")
    public_reason = _line("public_reason")
    telling = _text("telling")
    advice = _text("advice")

    def read(self) -> Told:
        """Return the incident as it is told."""
        facts = {name: self._plain(name) for name in NAMES}
        return Told(self.learned_on.data, Facts(**facts), SERIOUS[self.is_serious.data or ""])

    def _plain(self, name: str) -> str:
        value: Any = self[name].data
        return value.isoformat() if isinstance(value, date) else (value or "")

    @property
    def shown_version(self) -> int:
        """Return the version that the form was opened on."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004

    def refuse_all(self, error: IncidentRefusedError) -> None:
        """Say what only the rules could tell."""
        for name, reason in error.reasons.items():
            self.refuse(name, REFUSED[reason])


def fill(told: Told, version: int) -> dict[str, Any]:
    """Return what a form shows of an entry."""
    plain: dict[str, Any] = dict(told.facts.as_plain())
    for name in DAYS:
        plain[name] = date.fromisoformat(plain[name]) if plain[name] else None
    serious = {True: "yes", False: "no", None: ""}[told.is_serious]
    return {**plain, "learned_on": told.learned_on, "is_serious": serious, "version": str(version)}


class WriteToForm(StaffForm):
    """To whom the notice goes: whoever has a file, whose safe-contact rules show first, or somebody else."""

    code = StringField(
        _l("Code of her file, if she has one here"),
        [Length(max=12, message=_l("A code looks like 7KQ2-MX4D."))],
        filters=[lambda text: (text or "").strip().upper()],
        render_kw={**QUIET, "autocapitalize": "characters"},
    )
    has_none = BooleanField(_l("The person has no file here"))
    is_safe = BooleanField(_l("I read how she can be reached safely, and this notice respects it"))
