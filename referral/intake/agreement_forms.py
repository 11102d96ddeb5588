"""Forms of agreements: what is proposed to whom, and a signature."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from wtforms import BooleanField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, StopValidation

from referral.accounts.forms import StaffForm, Ticks, check_line, tidy
from referral.intake.agreement_terms import Aggregate
from referral.intake.agreements import Terms

AGGREGATES: dict[Aggregate, LazyString] = {
    Aggregate.SENT: _l("How many were sent from one to the other, by month"),
    Aggregate.ANSWERS: _l("How many were accepted or declined, and for which coded reason"),
    Aggregate.DELAYS: _l("How many days until the first contact"),
    Aggregate.NEEDS: _l("How many times each kind of need came up"),
    Aggregate.UNMET: _l("How many needs stayed without an answer"),
    Aggregate.REGIONS: _l("How many by region"),
}


class SignForm(StaffForm):
    """A signature, and whose word a release needs on this side."""

    approver = StringField(
        _l("Who approves a release of counts for your organization"),
        [
            DataRequired(_l("Type a title, such as “general director”.")),
            Length(max=200, message=_l("Use 200 characters at most.")),
            check_line,
        ],
        filters=[tidy],
        render_kw={"autocomplete": "off"},
    )
    agrees = BooleanField(
        _l("I have read this agreement and I sign it for my organization"),
        [InputRequired(_l("Tick this to sign."))],
    )


class ProposeForm(SignForm):
    """With whom, and what both may count together."""

    other = SelectField(
        _l("With which organization?"), [InputRequired(_l("Choose an organization."))], validate_choice=False
    )
    aggregates = Ticks(_l("What may the two of you count together?"), validate_choice=False)

    def __init__(self, others: Mapping[UUID, str], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.offered = {str(each): name for each, name in others.items()}
        self.other.choices = [
            SelectChoice(value="", label=_l("Choose")),
            *(SelectChoice(value=value, label=name) for value, name in self.offered.items()),
        ]
        self.aggregates.choices = [
            SelectChoice(value=each.value, label=words) for each, words in AGGREGATES.items()
        ]

    def read(self) -> Terms:
        """Return what is proposed."""
        counted = frozenset(Aggregate(each) for each in self.aggregates.data or ())
        return Terms(UUID(self.other.data), counted, self.approver.data)

    def validate_other(self, field: SelectField) -> None:
        """Take an organization that is offered."""
        if field.data not in self.offered:
            raise StopValidation(_l("Choose an organization."))

    def validate_aggregates(self, field: Ticks) -> None:
        """Take what is offered; nothing at all is an answer."""
        if not set(field.data or ()) <= {each.value for each in Aggregate}:
            raise StopValidation(_l("Choose among these."))
