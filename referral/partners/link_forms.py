"""Forms of the pages that a link opens: nobody is signed in there, so each carries the link's own token."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import Form, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from referral.partners.reminders import Choice
from referral.partners.round_models import Means
from referral.partners.round_rules import CHOICES
from referral.shared.bilingual import Language

EVERY = {
    1: _l("every month"),
    3: _l("every three months"),
    6: _l("every six months"),
}
MEANS = {
    Means.MAIL: _l("By e-mail"),
    Means.CALL: _l("By telephone: call us"),
    Means.ROUND_ONLY: _l("Only when the listing is due to be confirmed again"),
}
WRONG_CODE = _l("This code is not right, or serves no more. Ask for another when we call.")


class CodeForm(Form):  # type: ignore[misc]  # WTForms has no types
    """The six digits that were read aloud."""

    code = StringField(
        _l("Code that was read to you"),
        [
            InputRequired(_l("Type the six digits.")),
            Length(max=20, message=_l("Type the six digits.")),
        ],
        render_kw={"autocomplete": "off", "inputmode": "numeric"},
    )


class RemindersFields:
    """How, how often and in which language an organization is reminded."""

    means = RadioField(
        _l("How we remind you"),
        choices=[SelectChoice(value=each.value, label=words) for each, words in MEANS.items()],
        validators=[InputRequired(_l("Choose how."))],
    )
    months = RadioField(
        _l("How often"),
        choices=[SelectChoice(value=str(each), label=EVERY[each]) for each in CHOICES],
        validators=[InputRequired(_l("Choose how often."))],
    )
    language = RadioField(
        _l("Language of our letters and calls"),
        choices=[SelectChoice(value="fr", label="Français"), SelectChoice(value="en", label="English")],
        validators=[InputRequired(_l("Choose a language."))],
    )


class RemindersForm(RemindersFields, Form):  # type: ignore[misc]  # WTForms has no types
    """The same, of whoever follows a link."""


def fill(choice: Choice) -> dict[str, str]:
    """Return what a form shows of a choice."""
    return {"means": choice.means.value, "months": str(choice.months), "language": choice.language}


def read(form: Form) -> Choice:
    """Return what was chosen, from a form that was found right."""
    language: Language = "en" if form.language.data == "en" else "fr"
    return Choice(Means(form.means.data), int(form.months.data), language)
