"""The search form; it is sent sealed and changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext
from werkzeug.datastructures import MultiDict
from wtforms import Form, SearchField, StringField
from wtforms.validators import Length, StopValidation

from referral.directory.asked import asked_fields
from referral.directory.criteria import Criteria, read_criteria
from referral.directory.places import PlaceAnswer, resolve
from referral.search.filters import FILTERS, LARGEST_AGE, FilterError, check_filters

LONGEST_WORDS = 500
LONGEST_PLACE = 120
ERRORS = {
    "unknown": lazy_gettext(
        "We do not know a place of that name in Québec. Check its spelling, or give a nearby town."
    ),
    "vague": lazy_gettext("This postal code covers a very large area. Give the name of the village or town."),
}
NOT_AN_AGE = lazy_gettext("Give an age in years, from 0 to 120.")
NOT_AGES = lazy_gettext("Give ages in years, as in: 4, 9.")
TYPED = ("q", "near", "age", "child_ages")


def is_age(text: str) -> bool:
    """Say whether a text is an age in years."""
    return text.isascii() and text.isdigit() and int(text) <= LARGEST_AGE


class SearchForm(Form):  # type: ignore[misc]  # WTForms has no types
    """Words, a place, ages and filters; a bound field keeps what was typed, right or wrong."""

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
    age = StringField(
        lazy_gettext("Age of the person"),
        render_kw={"maxlength": 3, "autocomplete": "off", "inputmode": "numeric"},
    )
    child_ages = StringField(
        lazy_gettext("Ages of the children"),
        render_kw={"maxlength": 60, "autocomplete": "off"},
    )

    def __init__(self, asked: Mapping[str, Sequence[str]]) -> None:
        self.asked = {name: list(values) for name, values in asked.items()}
        typed = {name: values[0] for name, values in self.asked.items() if name in TYPED}
        typed["child_ages"] = ", ".join(self.asked.get("child_age", ()))
        self.place_answer = PlaceAnswer()
        self.is_unknown = False
        super().__init__(MultiDict(typed))

    def validate_near(self, field: StringField) -> None:
        """Find the place; what it may be else stays in ``place_answer``."""
        self.place_answer = resolve(field.data or "")
        if self.place_answer.problem:
            raise StopValidation(str(ERRORS[self.place_answer.problem]))

    def validate_age(self, field: StringField) -> None:
        """Take years only."""
        if field.data and not is_age(field.data):
            raise StopValidation(str(NOT_AN_AGE))

    def validate_child_ages(self, _field: StringField) -> None:
        """Take years only, several."""
        if not all(is_age(each) for each in self.asked.get("child_age", ())):
            raise StopValidation(str(NOT_AGES))

    def validate(self) -> bool:
        """Check what was typed, and that every filter is one that there is (``is_unknown`` says no)."""
        pairs = [
            (name, value)
            for name, values in self.asked.items()
            if name in FILTERS and name not in ("age", "child_age")
            for value in values
        ]
        try:
            check_filters(pairs)
        except FilterError:
            self.is_unknown = True
        return bool(super().validate()) and not self.is_unknown

    def criteria(self) -> Criteria:
        """Return what is looked for, as typed."""
        return read_criteria(self.asked)


def asked_form() -> SearchForm:
    """Return the form filled with what this request asks."""
    return SearchForm(asked_fields())
