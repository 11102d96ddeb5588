"""The search form; it is sent with GET and changes nothing."""

from __future__ import annotations

from flask_babel import gettext, lazy_gettext
from wtforms import Form, SearchField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, StopValidation

from referral.catalogue.vocabulary import TAXONOMIES
from referral.directory.criteria import Criteria
from referral.directory.places import PlaceAnswer, resolve
from referral.geo.areas import REGIONS
from referral.i18n.locale import current_language
from referral.i18n.typography import set_text
from referral.shared.bilingual import Bilingual

LONGEST_WORDS = 500
LONGEST_PLACE = 120
ERRORS = {
    "unknown": lazy_gettext(
        "We do not know a place of that name in Québec. Check its spelling, or give a nearby town."
    ),
    "vague": lazy_gettext("This postal code covers a very large area. Give the name of the village or town."),
}


def choices_of(words: dict[str, Bilingual], blank: str) -> list[SelectChoice]:
    """Return the options of a list in the page's language, the blank one first."""
    language = current_language()
    options = [SelectChoice(value="", label=blank)]
    for code, label in words.items():
        options.append(SelectChoice(value=code, label=set_text(label.best(language)[0], language)))
    return options


class SearchForm(Form):  # type: ignore[misc]  # WTForms has no types
    """Words, a place and a few filters; a bound field keeps what was typed, right or wrong."""

    q = SearchField(
        lazy_gettext("What is needed"),
        [Length(max=LONGEST_WORDS, message=lazy_gettext("Use 500 characters at most."))],
        render_kw={"maxlength": LONGEST_WORDS, "autocomplete": "off", "enterkeyhint": "search"},
    )
    near = StringField(
        lazy_gettext("Where"),
        [Length(max=LONGEST_PLACE, message=lazy_gettext("Use 120 characters at most."))],
        render_kw={"maxlength": LONGEST_PLACE, "autocomplete": "off", "enterkeyhint": "search"},
    )
    need = SelectField(lazy_gettext("Kind of help"), default="")
    clientele = SelectField(lazy_gettext("For whom"), default="")
    region = SelectField(lazy_gettext("Region"), default="")

    place_answer = PlaceAnswer()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.need.choices = choices_of(TAXONOMIES["categories"], gettext("Any kind of help"))
        self.clientele.choices = choices_of(TAXONOMIES["clientele"], gettext("Anyone"))
        self.region.choices = choices_of(REGIONS, gettext("All of Québec"))

    def validate_near(self, field: StringField) -> None:
        """Find the place; what it may be else stays in ``place_answer``."""
        self.place_answer = resolve(field.data or "")
        if self.place_answer.problem:
            raise StopValidation(str(ERRORS[self.place_answer.problem]))

    def criteria(self) -> Criteria:
        """Return what is looked for, as typed."""
        return Criteria(**{name: (self[name].data or "").strip() for name in Criteria.__dataclass_fields__})
