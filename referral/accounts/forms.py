"""Forms of accounts. Each one that came back after a new sign-in is shown again before it is done."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    EmailField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional, StopValidation
from wtforms.widgets import CheckboxInput, ListWidget

from referral.access.policy import Role
from referral.accounts import kept
from referral.accounts.models import User
from referral.accounts.names import LONGEST, is_login_name, normalize_login
from referral.accounts.passwords import WeakPasswordError, check_strength
from referral.accounts.people import Change
from referral.accounts.security import LONGEST_PASSWORD
from referral.accounts.words import ROLES, WEAKNESSES
from referral.mail.letters import LetterError, check_address, is_one_line

LONGEST_NAME = 120
TYPED_PASSWORD = 4 * LONGEST_PASSWORD
QUIET = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


def tidy(text: str | None) -> str:
    """Return a text without the spaces around and the doubled ones within."""
    return " ".join((text or "").split())


def check_line(_form: FlaskForm, field: StringField) -> None:
    """Refuse line ends and signs that nobody sees."""
    if not is_one_line(field.data or ""):
        raise StopValidation(_l("Use letters, numbers and ordinary signs only."))


class StaffForm(FlaskForm):  # type: ignore[misc]  # WTForms has no types
    """A form of somebody who signs in."""

    def validate_on_submit(self, extra_validators: Any = None) -> bool:
        """Say whether to do what the form asks: not when it only came back to be looked at."""
        if kept.RESTORED in request.form:
            return False
        return bool(super().validate_on_submit(extra_validators))

    @property
    def status(self) -> int:
        """Return the status of the page that shows this form."""
        return 422 if self.errors else 200

    def refuse(self, name: str, message: object) -> None:
        """Say what is wrong with a field that only the database could tell."""
        field = self[name]
        field.errors = [*field.errors, message]


class PlainForm(StaffForm):
    """A button: its token only."""


class SignInForm(StaffForm):
    """Who, and the first proof."""

    username = StringField(
        _l("Login name"),
        [
            InputRequired(_l("Type your login name.")),
            Length(max=LONGEST, message=_l("Type your login name.")),
        ],
        filters=[lambda text: normalize_login(text) if text else text],
        render_kw={**QUIET, "autocomplete": "username"},
    )
    password = PasswordField(
        _l("Password"),
        [
            InputRequired(_l("Type your password.")),
            Length(max=TYPED_PASSWORD, message=_l("Use 128 characters at most.")),
        ],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField()


class CodeForm(StaffForm):
    """The second proof, or a recovery code."""

    code = StringField(
        _l("Code"),
        [InputRequired(_l("Type the code.")), Length(max=40, message=_l("Type the code."))],
        render_kw={**QUIET, "autocomplete": "one-time-code"},
    )
    next = HiddenField()


class PasskeyForm(StaffForm):
    """What a device signed; the script of the page fills it in."""

    credential = HiddenField(validators=[InputRequired(), Length(max=16_000)])
    next = HiddenField()


class NewPasskeyForm(PasskeyForm):
    """A passkey that was just made, and what its owner calls it."""

    name = StringField(
        _l("Name of this passkey, such as “my phone”"),
        [DataRequired(_l("Name it, to know it again.")), Length(max=60), check_line],
        filters=[tidy],
        render_kw={"autocomplete": "off"},
    )


class ConfirmForm(StaffForm):
    """The password once more."""

    password = PasswordField(
        _l("Password"),
        [
            InputRequired(_l("Type your password.")),
            Length(max=TYPED_PASSWORD, message=_l("Use 128 characters at most.")),
        ],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField()


class NewPasswordForm(StaffForm):
    """A password to come; what is known of its owner makes it weaker."""

    new_password = PasswordField(
        _l("New password"),
        [InputRequired(_l("Choose a password."))],
        render_kw={"autocomplete": "new-password"},
    )

    def __init__(self, *args: object, about: Iterable[str] = (), **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.about = tuple(about)

    def validate_new_password(self, field: PasswordField) -> None:
        """Refuse what is easily guessed, and say what would not be."""
        try:
            check_strength(field.data or "", self.about)
        except WeakPasswordError as error:
            raise StopValidation(WEAKNESSES[error.weakness]) from None


class ChangePasswordForm(NewPasswordForm):
    """The password that is, and the one to come."""

    current_password = PasswordField(
        _l("Password that you have now"),
        [
            InputRequired(_l("Type your password.")),
            Length(max=TYPED_PASSWORD, message=_l("Use 128 characters at most.")),
        ],
        render_kw={"autocomplete": "current-password"},
    )


class ResetForm(StaffForm):
    """In whose name a new password is asked for."""

    username = StringField(
        _l("Login name"),
        [
            InputRequired(_l("Type your login name.")),
            Length(max=LONGEST, message=_l("Type your login name.")),
        ],
        filters=[lambda text: normalize_login(text) if text else text],
        render_kw={**QUIET, "autocomplete": "username"},
    )


class PlaceForm(StaffForm):
    """For whom one acts."""

    place = RadioField(
        _l("For whom do you act?"), [InputRequired(_l("Choose for whom you act."))], validate_choice=False
    )
    next = HiddenField()


class Ticks(SelectMultipleField):  # type: ignore[misc]  # WTForms has no types
    """Several choices, each with its box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class InviteForm(StaffForm):
    """Who is invited, and to do what."""

    name = StringField(
        _l("Name of the person"),
        [
            DataRequired(_l("Type the name.")),
            Length(max=LONGEST_NAME, message=_l("Use 120 characters at most.")),
            check_line,
        ],
        filters=[tidy],
        render_kw={"autocomplete": "off"},
    )
    email = EmailField(
        _l("E-mail address for the invitation"),
        [InputRequired(_l("Type an address."))],
        filters=[lambda text: text.strip() if text else text],
        render_kw={"autocomplete": "off"},
    )
    username = StringField(
        _l("Login name, if you wish to choose it"),
        [Optional(), Length(max=LONGEST, message=_l("Use 64 characters at most."))],
        filters=[lambda text: normalize_login(text) if text else text],
        render_kw=QUIET,
    )
    role = RadioField(
        _l("What the person will do"), [InputRequired(_l("Choose a role."))], validate_choice=False
    )
    language = RadioField(
        _l("Language of the person"),
        choices=[SelectChoice(value="fr", label="Français"), SelectChoice(value="en", label="English")],
        default="fr",
    )

    def __init__(self, roles: Iterable[Role], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.offered = tuple(roles)
        self.role.choices = [SelectChoice(value=role.value, label=ROLES[role]) for role in self.offered]

    def validate_role(self, field: RadioField) -> None:
        """Take only what can be held there."""
        if field.data not in self.offered:
            raise StopValidation(_l("Choose a role."))

    def validate_email(self, field: EmailField) -> None:
        """Take one plain address."""
        try:
            check_address(field.data or "")
        except LetterError:
            raise StopValidation(_l("This is not an address such as name@example.org.")) from None

    def validate_username(self, field: StringField) -> None:
        """Take what can be typed on any keyboard."""
        if field.data and not is_login_name(field.data):
            raise StopValidation(_l("Use letters without accents, numbers, dots, hyphens."))


class RolesForm(StaffForm):
    """What somebody does here."""

    roles = Ticks(_l("What this person does here"), validate_choice=False)
    shown = HiddenField()
    """Roles as they were when the page was opened."""

    def __init__(self, offered: Iterable[Role], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.offered = tuple(offered)
        self.roles.choices = [SelectChoice(value=role.value, label=ROLES[role]) for role in self.offered]

    def read_change(self) -> Change:
        """Return what is asked for, and upon what it was decided."""
        held = {role.value for role in self.offered}
        shown = frozenset(Role(text) for text in (self.shown.data or "").split() if text in held)
        return Change(frozenset(Role(text) for text in self.roles.data), shown)

    def validate_roles(self, field: Ticks) -> None:
        """Take one role at least, and only what can be held there."""
        if not field.data or not set(field.data) <= set(self.offered):
            raise StopValidation(_l("Choose at least one role. To take all of them away, end the access."))


class EndAccessForm(StaffForm):
    """Who owns from now on what somebody leaves."""

    heir = SelectField(_l("Who takes over"), validate_choice=False, default="")

    def __init__(self, heirs: Iterable[User], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.heir.choices = [
            SelectChoice(value="", label=_l("Choose")),
            *(SelectChoice(value=str(each.id), label=each.name) for each in heirs),
        ]
