"""« Besoin non comblé » for who is signed in: choices only, so that nothing of a person can be written."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, StopValidation

from referral.accounts.forms import StaffForm
from referral.directory.feedback_forms import WORKER_REASONS, UnmetNeedForm
from referral.i18n.dates import say_partial_date
from referral.i18n.locale import current_language
from referral.search.filters import EXPLOITATION

HANDED = ("region", "need", "age", "reason")
"""The only codes that a decline or a file hands over."""

FORMS: dict[str, LazyString] = {
    "sexual": _l("Sexual exploitation"),
    "labour": _l("Forced labour"),
    "domestic_servitude": _l("Domestic servitude"),
    "debt_bondage": _l("Debt bondage"),
    "forced_marriage": _l("Forced marriage"),
    "forced_criminality": _l("Being made to commit crimes"),
    "forced_begging": _l("Forced begging"),
    "organ_removal": _l("Removal of organs"),
    "online": _l("Luring or exploitation online"),
}


class GapForm(StaffForm, UnmetNeedForm):
    """A need that nothing met, in codes."""

    month = SelectField(_l("Month"), [InputRequired(_l("Choose the month."))])
    reason = RadioField(
        _l("Why it was not met"),
        [InputRequired(_l("Choose a reason."))],
        choices=[SelectChoice(value=code.value, label=text) for code, text in WORKER_REASONS.items()],
        validate_choice=False,
    )
    exploitation = SelectField(_l("Form of exploitation"), default="")

    def __init__(self, months: list[date], **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.month.choices = [
            SelectChoice(value=f"{each:%Y-%m}", label=say_partial_date(f"{each:%Y-%m}", current_language()))
            for each in months
        ]
        self.exploitation.choices = [
            SelectChoice(value="", label=_("Not known, or none")),
            *(SelectChoice(value=code, label=FORMS[code]) for code in EXPLOITATION),
        ]

    def validate_reason(self, field: RadioField) -> None:
        """Take only what the page offers."""
        if field.data not in set(WORKER_REASONS):
            raise StopValidation(_("Choose a reason."))
