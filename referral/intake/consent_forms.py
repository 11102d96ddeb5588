"""Forms of consents: a reading, a withdrawal, and what is communicated without."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from referral.accounts.forms import QUIET, StaffForm, Ticks, check_line, tidy
from referral.intake.consent import MOST_DAYS, PROPOSED_DAYS
from referral.intake.consent_words import (
    BASES,
    CAPACITIES,
    COPIES,
    ITEMS,
    MODES,
    PURPOSES,
    REFUSED,
    SCRIPT_VERSION,
    WAYS,
)
from referral.intake.consents import LONGEST_WORDS, Reading
from referral.intake.disclosures import LONGEST, Told
from referral.intake.life_forms import read_person
from referral.intake.vocabulary import Basis, Capacity, ConsentMode, Item, Purpose

LONGEST_SOUGHT = 100


def _offer(words: Mapping[Any, object]) -> list[SelectChoice]:
    """Return choices in the order of their words, none of them chosen."""
    return [SelectChoice(value=str(code), label=label) for code, label in words.items()]


def _lines(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n").strip()


class ReadingForm(StaffForm):
    """What was read to her and what she said; nothing is ticked before she said it."""

    recipients = Ticks(_l("To whom?"), [InputRequired(REFUSED["no-recipient"])])
    entry = HiddenField()
    find = StringField(_l("Find an organization by its name"), filters=[tidy], render_kw=QUIET)
    items = Ticks(_l("What may be shared?"), [InputRequired(REFUSED["no-item"])], choices=_offer(ITEMS))
    is_express = BooleanField(_l("I asked for the sensitive things apart, and she said yes to them"))
    purpose = RadioField(_l("Why?"), [InputRequired(_l("Choose why."))], choices=_offer(PURPOSES))
    purpose_words = StringField(
        _l("In a few words, if that is not enough"),
        [Length(max=LONGEST_WORDS, message=REFUSED["too-long"]), check_line],
        filters=[tidy],
        render_kw=QUIET,
    )
    days = IntegerField(
        _l("For how many days?"),
        [InputRequired(REFUSED["days"]), NumberRange(1, MOST_DAYS, REFUSED["days"])],
        default=PROPOSED_DAYS,
        render_kw={"inputmode": "numeric", "min": 1, "max": MOST_DAYS},
    )
    capacity = RadioField(
        _l("Who consents?"), [InputRequired(_l("Choose who consents."))], choices=_offer(CAPACITIES)
    )
    mode = RadioField(_l("How did she say yes?"), [InputRequired(_l("Choose how."))], choices=_offer(MODES))
    spoken = SelectField(_l("In which language was it read?"), [InputRequired(_l("Choose the language."))])
    with_interpreter = BooleanField(_l("An interpreter translated (never a person who came with her)"))
    copy = RadioField(
        _l("A copy of what she agreed to"),
        [InputRequired(_l("Say what became of the copy."))],
        choices=_offer(COPIES),
    )
    words = TextAreaField(
        _l("Her words, if they matter"),
        [Optional(), Length(max=LONGEST_WORDS, message=REFUSED["too-long"])],
        filters=[_lines],
        render_kw={"rows": 2, "maxlength": LONGEST_WORDS, **QUIET},
    )

    def read(self) -> Reading:
        """Return the reading that is written."""
        places = (read_person(each) for each in self.recipients.data)
        return Reading(
            recipients=tuple(place for place in places if place is not None),
            items=frozenset(Item(each) for each in self.items.data),
            purpose=Purpose(self.purpose.data),
            mode=ConsentMode(self.mode.data),
            language=self.spoken.data,
            notice_version=SCRIPT_VERSION,
            days=self.days.data,
            capacity=Capacity(self.capacity.data),
            with_interpreter=self.with_interpreter.data,
            is_express=self.is_express.data,
            copy=self.copy.data,
            words=self.words.data or "",
            purpose_words=self.purpose_words.data or "",
        )


class WithdrawForm(StaffForm):
    """In which way she said no."""

    way = RadioField(_l("How did she say it?"), [InputRequired(_l("Choose how."))], choices=_offer(WAYS))


class DisclosureForm(StaffForm):
    """What is communicated without consent; ``sure`` comes with the second press."""

    basis = RadioField(
        _l("On what ground?"), [InputRequired(_l("Choose the ground."))], choices=_offer(BASES)
    )
    facts = TextAreaField(filters=[_lines], render_kw={"rows": 4, "maxlength": LONGEST, **QUIET})
    items = TextAreaField(filters=[_lines], render_kw={"rows": 3, "maxlength": LONGEST, **QUIET})
    recipient = TextAreaField(filters=[_lines], render_kw={"rows": 2, "maxlength": LONGEST, **QUIET})
    entry = HiddenField()
    sure = HiddenField()

    def read(self) -> Told:
        """Return what is told."""
        return Told(Basis(self.basis.data), self.facts.data, self.items.data, self.recipient.data)
