"""Forms of vetters: a call, decisions by field, a step on the ladder of trust."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, StopValidation

from referral.accounts.forms import StaffForm, Ticks
from referral.catalogue.columns import parse_phone
from referral.catalogue.listing import PhoneNumber, Text
from referral.catalogue.problems import CellError
from referral.catalogue.trust import MOVES, Method, Trust
from referral.catalogue.vetting_models import CallOutcome, SpokenTo

LONGEST_NOTE = 500
CORRECTABLE = frozenset({"name", "description", "email", "website", "phones"})
"""Fields that a vetter corrects on the page of the proposal; another one is sent back, or proposed anew."""

OUTCOMES: dict[CallOutcome, LazyString] = {
    CallOutcome.REACHED: _l("Somebody answered, and says that the change is theirs"),
    CallOutcome.NO_ANSWER: _l("No answer"),
    CallOutcome.SAYS_NO: _l("Somebody answered, and says that the change is not theirs"),
}
SPOKEN_TO: dict[SpokenTo, LazyString] = {
    SpokenTo.RECEPTION: _l("Reception"),
    SpokenTo.WORKER: _l("A worker"),
    SpokenTo.COORDINATION: _l("The coordination"),
    SpokenTo.OTHER: _l("Somebody else of the organization"),
}
TRUSTS: dict[Trust, LazyString] = {
    Trust.CANDIDATE: _l("Waits: not shown"),
    Trust.SOURCED: _l("From a public source"),
    Trust.CONTACTED: _l("Contacted"),
    Trust.VERIFIED: _l("Verified"),
    Trust.VETTED: _l("Verified, and meets the criteria"),
    Trust.SUSPENDED: _l("Suspended: not shown for now"),
    Trust.RETIRED: _l("Retired: not shown any more"),
}
METHODS: dict[Method, LazyString] = {
    Method.PHONE: _l("By telephone"),
    Method.EMAIL: _l("By e-mail"),
    Method.VISIT: _l("By a visit"),
    Method.DOCUMENT: _l("By a document"),
}
CONFIRMING: dict[str, LazyString] = {
    "as-shown": _l("The listing is right as it is"),
    "after-changes": _l("The listing is right, with the changes just made"),
    "in-part": _l("A part of it could be confirmed"),
}
ENDING: dict[str, LazyString] = {
    "unreachable": _l("Nobody can be reached"),
    "closed": _l("It has closed, or no longer offers this"),
    "asked": _l("The organization asked for it"),
    "unsafe": _l("It is not safe for somebody"),
    "criteria": _l("It does not meet the criteria"),
    "doubt": _l("What was confirmed is in doubt"),
}
REASONS = {**CONFIRMING, **ENDING}
CRITERIA: dict[str, LazyString] = {
    "legal-existence": _l("It exists in law"),
    "complaint-route": _l("One can complain, and knows how"),
    "confidentiality": _l("It has a policy of confidentiality"),
    "no-police-report": _l("No report to the police is asked for"),
    "no-conditions": _l("No help depends on a condition, a belief or a testimony"),
    "no-paid-middleman": _l("No paid middleman"),
    "consent": _l("It agreed in writing to be listed"),
    "trauma": _l("Its people are trained about trauma"),
    "exclusions": _l("It says whom it does not receive, and why"),
    "licensed": _l("It has a permit where the law asks for one, or none is asked"),
}
CONFIRMED = frozenset({Trust.CONTACTED, Trust.VERIFIED, Trust.VETTED})


def choices_of(words: Mapping[Any, LazyString]) -> list[SelectChoice]:
    """Return the choices of a field."""
    return [SelectChoice(value=str(code), label=label) for code, label in words.items()]


class CallForm(StaffForm):
    """What came of a call to the number listed now."""

    outcome = RadioField(
        _l("What came of the call?"),
        [InputRequired(_l("Say what came of the call."))],
        choices=choices_of(OUTCOMES),
        validate_choice=False,
    )
    spoken_to = RadioField(_l("Who answered?"), choices=choices_of(SPOKEN_TO), validate_choice=False)

    def validate_outcome(self, field: RadioField) -> None:
        """Take only what the page offers."""
        if field.data not in set(CallOutcome):
            raise StopValidation(_l("Say what came of the call."))

    def validate_spoken_to(self, field: RadioField) -> None:
        """Ask who answered, where somebody did."""
        if self.outcome.data != CallOutcome.NO_ANSWER and field.data not in set(SpokenTo):
            raise StopValidation(_l("Say who answered: what they do there, not their name."))


class DecisionForm(StaffForm):
    """A note, and the button that was pressed; what is decided of each field is read apart."""

    note = TextAreaField(
        _l("A note to whoever proposed"),
        [Length(max=LONGEST_NOTE, message=_l("Use 500 characters at most."))],
        render_kw={"rows": 3, "maxlength": LONGEST_NOTE, "autocomplete": "off"},
    )
    act = HiddenField()


class StepForm(StaffForm):
    """A step on the ladder of trust: to where, how, with whom, with what outcome."""

    wanted = RadioField(
        _l("From now on"), [InputRequired(_l("Choose what it is from now on."))], validate_choice=False
    )
    method = RadioField(
        _l("How do you know?"),
        [InputRequired(_l("Say how you know."))],
        choices=choices_of(METHODS),
        validate_choice=False,
    )
    spoken_to = RadioField(
        _l("With whom, in what role?"), choices=choices_of(SPOKEN_TO), validate_choice=False
    )
    outcome = RadioField(
        _l("Outcome"),
        [InputRequired(_l("Choose the outcome."))],
        choices=choices_of(REASONS),
        validate_choice=False,
    )
    criteria = Ticks(_l("Criteria that you checked"), choices=choices_of(CRITERIA), validate_choice=False)
    shown = HiddenField()
    """The step that the listing was at when the page was opened."""

    def __init__(self, current: Trust, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.offered = [step for step in TRUSTS if step in MOVES[current]]
        self.wanted.choices = [SelectChoice(value=step.value, label=TRUSTS[step]) for step in self.offered]

    def validate_wanted(self, field: RadioField) -> None:
        """Take only steps that the ladder has."""
        if field.data not in self.offered:
            raise StopValidation(_l("Choose what it is from now on."))

    def validate_method(self, field: RadioField) -> None:
        """Take only ways of a person."""
        if field.data not in METHODS:
            raise StopValidation(_l("Say how you know."))

    def validate_spoken_to(self, field: RadioField) -> None:
        """Ask with whom, where the listing is confirmed."""
        if self.wanted.data in CONFIRMED and field.data not in set(SpokenTo):
            raise StopValidation(_l("Say with whom: what they do there, not their name."))

    def validate_outcome(self, field: RadioField) -> None:
        """Take an outcome that goes with the step."""
        allowed = CONFIRMING if self.wanted.data in CONFIRMED else ENDING
        if field.data not in allowed and not (self.wanted.data == Trust.CONTACTED and field.data in REASONS):
            raise StopValidation(_l("This outcome does not go with that step."))

    def validate_criteria(self, field: Ticks) -> None:
        """Ask for every criterion, where the listing is said to meet them."""
        if self.wanted.data == Trust.VETTED and set(field.data or ()) != set(CRITERIA):
            raise StopValidation(_l("Each criterion must have been checked, and met."))


class UnreadableCorrectionError(ValueError):
    """What was typed as a correction is no value of its field."""


def read_correction(name: str, typed: Mapping[str, str], key: str, proposed: Any) -> Any:
    """Return the value of a field as a vetter corrected it; raises UnreadableCorrectionError."""
    if name in {"name", "description"}:
        return Text(*(typed.get(f"{language}-{key}", "").strip() or None for language in ("fr", "en")))
    if name in {"email", "website"}:
        return typed.get(f"line-{key}", "").strip() or None
    if name == "phones":
        return tuple(_read_phones(typed.get(f"line-{key}", "").splitlines(), proposed or ()))
    raise UnreadableCorrectionError(name)


def _read_phones(lines: Iterable[str], proposed: Iterable[PhoneNumber]) -> Iterable[PhoneNumber]:
    """Read one number a line; those that were proposed keep their kind and their words."""
    known = {each.number: each for each in proposed}
    for line in filter(None, (line.strip() for line in lines)):
        digits = "".join(sign for sign in line if sign.isdigit() or sign == "+")
        try:
            number = parse_phone(digits if digits in known or digits.startswith("+") else f"+1{digits}")
        except CellError as error:
            raise UnreadableCorrectionError(line) from error
        yield known.get(number or "", PhoneNumber(number or "", "voice", toll_free=False))
