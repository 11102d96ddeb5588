"""What an organization is asked that would like to be listed, and what a vetter answers."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from wtforms import BooleanField, Form, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, StopValidation

from referral.accounts.forms import StaffForm, Ticks, check_line, tidy
from referral.catalogue import columns
from referral.catalogue.confidentiality import address_traces, is_shelter, url_traces
from referral.catalogue.problems import CellError
from referral.catalogue.vocabulary import TAXONOMIES
from referral.directory.cards import in_words
from referral.geo.areas import REGIONS
from referral.geo.precision import region_contradicts
from referral.mail.letters import LetterError, check_address
from referral.partners.sheet_cells import read_number

LONGEST_LINE, LONGEST_TEXT = 120, 1000
CRITERIA: dict[str, tuple[LazyString, LazyString]] = {
    "legal-existence": (
        _l("Does your organization exist in law (registered, incorporated, or part of a public body)?"),
        _l("So that people know who answers for the help that is given."),
    ),
    "complaint-route": (
        _l("Can people complain, and do they know how?"),
        _l("So that somebody listens where something goes wrong."),
    ),
    "confidentiality": (
        _l("Do you have a written policy of confidentiality?"),
        _l("What people say may put them in danger elsewhere."),
    ),
    "no-police-report": (
        _l("Do you help without asking for a report to the police?"),
        _l("Many would not come otherwise, and the law does not ask for it."),
    ),
    "no-conditions": (
        _l("Do you help without any condition of belief, testimony or co-operation?"),
        _l("Help that is conditional takes away choices that were taken away before."),
    ),
    "no-paid-middleman": (
        _l("Can people reach you without paying anyone for it?"),
        _l("Paid middlemen are a way in which people are exploited."),
    ),
    "trauma": (
        _l("Are your people trained about trauma?"),
        _l("So that nobody is hurt once more by the help."),
    ),
    "exclusions": (
        _l("Do you say whom you do not receive, and why?"),
        _l("A refusal at the door costs more than a sentence in a listing."),
    ),
    "licensed": (
        _l("Where the law asks for a permit (immigration consultants, placement agencies), do you have it?"),
        _l("Answer yes where none is asked of you."),
    ),
}
"""The published criteria, each as a question with its reason; consent is asked apart."""
ANSWERS = {"yes": _l("Yes"), "no": _l("No"), "explain": _l("To explain")}
REASONS: dict[str, LazyString] = {
    **{code: question for code, (question, _why) in CRITERIA.items()},
    "consent": _l("Consent in writing to be listed"),
    "outside": _l("What you offer is not for the people whom this directory serves"),
    "listed": _l("You are listed already"),
}
"""Why an application can be refused: the published criteria, and nothing else."""


def _line(text: LazyString, *, needed: LazyString | None = None, **more: Any) -> StringField:
    first = InputRequired(needed) if needed else Optional()
    return StringField(
        text,
        [first, Length(max=LONGEST_LINE, message=_l("Use 120 characters at most.")), check_line],
        filters=[tidy],
        **more,
    )


def _words(text: LazyString, *, needed: LazyString | None = None) -> TextAreaField:
    first = InputRequired(needed) if needed else Optional()
    too_long = _l("Use 1,000 characters at most.")
    return TextAreaField(text, [first, Length(max=LONGEST_TEXT, message=too_long)], render_kw={"rows": 4})


class ApplicationForm(Form):  # type: ignore[misc]  # WTForms has no types
    """An organization and one service of it; the place of it is not asked here."""

    name_fr = _line(_l("Name of your organization, in French"), needed=_l("Type the name."))
    name_en = _line(_l("Name of your organization, in English, if it has one"))
    service_fr = _line(_l("Name of the service, in French"), needed=_l("Type the name of the service."))
    service_en = _line(_l("Name of the service, in English"))
    description_fr = _words(_l("What you offer, in French"), needed=_l("Say in a few words what you offer."))
    description_en = _words(_l("What you offer, in English"))
    categories = Ticks(_l("Kind of help"), validate_choice=False)
    clientele = Ticks(_l("For whom"), validate_choice=False)
    region = SelectField(_l("Your region"), [InputRequired(_l("Choose a region."))], validate_choice=False)
    phone = _line(
        _l("Telephone number that people call"), needed=_l("Type a telephone number, such as 514-555-1234.")
    )
    email = _line(_l("E-mail address that people write to, if any"))
    website = _line(_l("Web site, if any"))
    hours_fr = _line(_l("Hours, in French"))
    hours_en = _line(_l("Hours, in English"))
    consent = BooleanField(
        _l("We agree in writing to be listed, and may take that back at any time."),
        [InputRequired(_l("Without your agreement nothing is listed."))],
    )
    contact_name = _line(_l("Whom may we ask?"), needed=_l("Type a name."))
    contact_email = _line(_l("The e-mail address of that person"), needed=_l("Type an address."))
    contact_phone = _line(_l("The telephone number of that person, if you wish"))

    is_confidential = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.region.choices = [
            SelectChoice(value="", label=_l("Choose")),
            *(SelectChoice(value=code, label=in_words(name)) for code, name in REGIONS.items()),
        ]
        for field in (self.categories, self.clientele):
            words = TAXONOMIES[field.name]
            field.choices = [SelectChoice(value=code, label=in_words(text)) for code, text in words.items()]

    def questions(self) -> list[tuple[RadioField, TextAreaField, LazyString]]:
        """Return the criteria, each with its answer, its explanation and its reason."""
        return [
            (self[f"is_{_field(code)}"], self[f"why_{_field(code)}"], why)
            for code, (_question, why) in CRITERIA.items()
        ]

    def validate(self, extra_validators: Any = None) -> bool:
        """Check what the fields cannot tell alone: an explanation where one is promised, and no address."""
        valid = bool(super().validate(extra_validators))
        for answer, why, _reason in self.questions():
            if answer.data == "explain" and not (why.data or "").strip():
                why.errors = [_l("Explain in a few words.")]
                valid = False
        return self._is_silent_on_place() and valid if self.is_confidential else valid

    def _is_silent_on_place(self) -> bool:
        """Refuse an address in any text where the place is to stay secret."""
        silent = True
        for field in self:
            text = field.data if isinstance(field.data, str) else ""
            if address_traces(text) or (field.name in {"website", "email"} and url_traces(text)):
                field.errors = [_l("This seems to tell where you are. Leave it out: we do not keep it.")]
                silent = False
        return silent

    def validate_categories(self, field: Ticks) -> None:
        """Take what is offered, one at least."""
        if not field.data or not set(field.data) <= TAXONOMIES["categories"].keys():
            raise StopValidation(_l("Choose at least one kind of help."))

    def validate_clientele(self, field: Ticks) -> None:
        """Take what is offered."""
        if not set(field.data or ()) <= TAXONOMIES["clientele"].keys():
            raise StopValidation(_l("Choose among these."))

    def validate_region(self, field: SelectField) -> None:
        """Take a region."""
        if field.data not in REGIONS:
            raise StopValidation(_l("Choose a region."))

    def validate_phone(self, field: StringField) -> None:
        """Take a number that exists."""
        try:
            read_number(field.data or "", texting=False)
        except CellError:
            raise StopValidation(_l("Type a telephone number, such as 514-555-1234.")) from None

    def validate_website(self, field: StringField) -> None:
        """Take an address of the web."""
        try:
            columns.parse_url(field.data or "")
        except CellError:
            raise StopValidation(_l("Type it whole, such as https://example.org.")) from None

    def validate_email(self, field: StringField) -> None:
        """Take one plain address, or none."""
        if field.data:
            self.validate_contact_email(field)

    def validate_contact_email(self, field: StringField) -> None:
        """Take one plain address."""
        try:
            check_address(field.data or "")
        except LetterError:
            raise StopValidation(_l("This is not an address such as name@example.org.")) from None


class OpenApplicationForm(ApplicationForm):
    """The same where the place may be known; never for a shelter."""

    address = _line(_l("Street and number, if you wish them to be shown"))
    municipality = _line(_l("Town"))

    is_confidential = False

    def validate_municipality(self, field: StringField) -> None:
        """Refuse a town of another region."""
        if field.data and self.region.data in REGIONS and region_contradicts(field.data, self.region.data):
            raise StopValidation(_l("This town is in another region."))

    def validate_categories(self, field: Ticks) -> None:
        """Refuse shelters: their place stays secret until two of our people and they agree otherwise."""
        super().validate_categories(field)
        if is_shelter(field.data):
            raise StopValidation(
                _l("The place of a shelter stays secret: go back, and choose that. Nothing was kept.")
            )


def _field(code: str) -> str:
    return code.replace("-", "_")


for _code, (_question, _reason) in CRITERIA.items():
    setattr(
        ApplicationForm,
        f"is_{_field(_code)}",
        RadioField(
            _question,
            [InputRequired(_l("Answer yes, no, or to explain."))],
            choices=[SelectChoice(value=value, label=words) for value, words in ANSWERS.items()],
        ),
    )
    setattr(ApplicationForm, f"why_{_field(_code)}", _words(_l("Explain, if you wish")))


class StateForm(Form):  # type: ignore[misc]  # WTForms has no types
    """The code that was given, and an answer where one is asked for."""

    code = StringField(
        _l("Your code"),
        [InputRequired(_l("Type the code.")), Length(max=40, message=_l("Type the code."))],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )
    reply = _words(_l("Your answer"))

    @property
    def is_answer(self) -> bool:
        """Whether an answer was sent, and not only the code."""
        return bool(request.form.get("answers") and (self.reply.data or "").strip())


class AskForm(StaffForm):
    """A question to the organization."""

    question = _words(_l("Your question"), needed=_l("Type your question."))


class RefuseForm(StaffForm):
    """Why not, in the published criteria."""

    reason = RadioField(
        _l("Which criterion is not met?"),
        [InputRequired(_l("Choose a reason."))],
        choices=[SelectChoice(value=code, label=words) for code, words in REASONS.items()],
    )


__all__ = [
    "CRITERIA",
    "REASONS",
    "ApplicationForm",
    "AskForm",
    "OpenApplicationForm",
    "RefuseForm",
    "StateForm",
]
