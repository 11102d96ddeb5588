"""What readers tell us: something wrong with a listing, a need that nothing met. Ten seconds, no name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString
from wtforms import Form, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, StopValidation

from referral.catalogue.vocabulary import TAXONOMIES
from referral.directory.asked import Fields
from referral.directory.cards import in_words
from referral.directory.places import resolve
from referral.evidence.kinds import (
    LONGEST_NOTE,
    AgeBand,
    FlagAnswer,
    FlagKind,
    NoteTellsOfAPlaceError,
    UnmetReason,
    check_note,
)
from referral.geo.areas import REGIONS
from referral.shared.bilingual import Bilingual

FLAGS: dict[FlagKind, LazyString] = {
    FlagKind.PHONE: lazy_gettext("The number does not work, or is not the right one"),
    FlagKind.HOURS: lazy_gettext("The hours are wrong"),
    FlagKind.CLOSED: lazy_gettext("It has closed, or no longer offers this"),
    FlagKind.ADMISSION: lazy_gettext("Who can be admitted is wrong"),
    FlagKind.UNSAFE: lazy_gettext("It says too much about a place that must stay unknown"),
    FlagKind.OTHER: lazy_gettext("Something else"),
}
REASONS: dict[UnmetReason, LazyString] = {
    UnmetReason.NO_SERVICE: lazy_gettext("There is no such resource"),
    UnmetReason.NO_CAPACITY: lazy_gettext("Full, or a waiting list"),
    UnmetReason.NOT_ELIGIBLE: lazy_gettext("The person does not meet the criteria"),
    UnmetReason.OUT_OF_TERRITORY: lazy_gettext("Too far, or another area is served"),
    UnmetReason.LANGUAGE: lazy_gettext("Not in the person's language"),
    UnmetReason.HOURS: lazy_gettext("Not open when it was needed"),
    UnmetReason.NO_ANSWER: lazy_gettext("Nobody answered"),
    UnmetReason.OTHER: lazy_gettext("Another reason"),
}
"""Those that a search can know."""
WORKER_REASONS: dict[UnmetReason, LazyString] = {
    **{reason: text for reason, text in REASONS.items() if reason is not UnmetReason.OTHER},
    UnmetReason.SAFETY_CONFLICT: lazy_gettext("Not safe for the person, or for somebody there"),
    UnmetReason.MISSING_INFORMATION: lazy_gettext("Something that they needed to know was missing"),
    UnmetReason.SERVICE_CLOSED: lazy_gettext("The service has closed"),
    UnmetReason.OTHER: REASONS[UnmetReason.OTHER],
}
AGES: dict[AgeBand, LazyString] = {
    AgeBand.UNDER_14: lazy_gettext("Under 14"),
    AgeBand.FROM_14_TO_17: lazy_gettext("14 to 17"),
    AgeBand.FROM_18_TO_24: lazy_gettext("18 to 24"),
    AgeBand.FROM_25_TO_64: lazy_gettext("25 to 64"),
    AgeBand.FROM_65: lazy_gettext("65 or more"),
}
FIRST_AGES = (
    (65, AgeBand.FROM_65),
    (25, AgeBand.FROM_25_TO_64),
    (18, AgeBand.FROM_18_TO_24),
    (14, AgeBand.FROM_14_TO_17),
)


class FlagForm(Form):  # type: ignore[misc]  # WTForms has no types
    """What is wrong with a listing, in one choice and at most one note."""

    kind = RadioField(
        lazy_gettext("What is wrong?"),
        [InputRequired(lazy_gettext("Choose what is wrong."))],
        choices=[SelectChoice(value=kind.value, label=text) for kind, text in FLAGS.items()],
        validate_choice=False,
    )
    note = TextAreaField(
        lazy_gettext("A detail that helps, if you wish"),
        [Length(max=LONGEST_NOTE, message=lazy_gettext("Use 500 characters at most."))],
        render_kw={"rows": 3, "maxlength": LONGEST_NOTE, "autocomplete": "off"},
    )

    def validate_kind(self, field: RadioField) -> None:
        """Take only what the page offers."""
        if field.data not in FLAGS:
            raise StopValidation(gettext("Choose what is wrong."))

    def validate_note(self, field: TextAreaField) -> None:
        """Refuse an address: it may be one that must stay unknown."""
        try:
            check_note(field.data or "")
        except NoteTellsOfAPlaceError:
            raise StopValidation(
                gettext("Your note seems to hold an address. Take it out: none may be kept here.")
            ) from None


class UnmetNeedForm(Form):  # type: ignore[misc]  # WTForms has no types
    """A need that nothing met, in codes only: nowhere to write, so nothing of a person."""

    need = SelectField(
        lazy_gettext("What was needed"), [InputRequired(lazy_gettext("Choose what was needed."))], default=""
    )
    reason = RadioField(
        lazy_gettext("Why it was not met"),
        [InputRequired(lazy_gettext("Choose a reason."))],
        choices=[SelectChoice(value=reason.value, label=text) for reason, text in REASONS.items()],
        validate_choice=False,
    )
    region = SelectField(lazy_gettext("Region"), default="")
    clientele = SelectField(lazy_gettext("For whom"), default="")
    age = SelectField(lazy_gettext("Age"), default="")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.need.choices = _options(TAXONOMIES["categories"], gettext("Choose"))
        self.region.choices = _options(REGIONS, gettext("Not known"))
        self.clientele.choices = _options(TAXONOMIES["clientele"], gettext("Not known"))
        self.age.choices = [
            SelectChoice(value="", label=gettext("Not known")),
            *(SelectChoice(value=band.value, label=text) for band, text in AGES.items()),
        ]

    def validate_reason(self, field: RadioField) -> None:
        """Take only what the page offers."""
        if field.data not in set(REASONS):
            raise StopValidation(gettext("Choose a reason."))


class ReceiptForm(Form):  # type: ignore[misc]  # WTForms has no types
    """The code that was given to whoever flagged a listing."""

    code = StringField(
        lazy_gettext("Your code"),
        [
            InputRequired(lazy_gettext("Type the code.")),
            Length(max=40, message=lazy_gettext("Type the code.")),
        ],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )


ANSWERS: dict[FlagAnswer, LazyString] = {
    FlagAnswer.CORRECTED: lazy_gettext("The listing was corrected."),
    FlagAnswer.WITHDRAWN: lazy_gettext("The listing, or a part of it, is no longer shown."),
    FlagAnswer.CORRECT: lazy_gettext("The organization says that the listing is right: it stays as it is."),
    FlagAnswer.NOT_REACHED: lazy_gettext("We could not reach the organization; we will try again."),
    FlagAnswer.SET_ASIDE: lazy_gettext("We looked at it, and the listing stays as it is."),
}


def prefill(fields: Fields) -> dict[str, str]:
    """Return what a search already tells of a need; what it does not tell is absent."""
    first = {name: values[0] for name, values in fields.items() if values}
    region = first.get("region", "") or _region_of(first.get("near", ""))
    ages = [*fields.get("age", []), *fields.get("child_age", [])]
    found = {
        "need": first.get("need", ""),
        "region": region,
        "clientele": first.get("clientele", ""),
        "age": band_of(ages),
    }
    return {name: text for name, text in found.items() if text}


def band_of(ages: Iterable[str]) -> str:
    """Return the band of the first age, or nothing."""
    age = next((int(text) for text in ages if text.isascii() and text.isdigit()), None)
    if age is None:
        return ""
    return next((band.value for least, band in FIRST_AGES if age >= least), AgeBand.UNDER_14.value)


def _region_of(near: str) -> str:
    place = resolve(near).place
    return place.region_code if place else ""


def _options(words: Mapping[str, Bilingual], blank: str) -> list[SelectChoice]:
    return [
        SelectChoice(value="", label=blank),
        *(SelectChoice(value=code, label=in_words(text)) for code, text in words.items()),
    ]
