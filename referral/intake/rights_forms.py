"""Forms about a person's rights: what she asks, what she was answered, what is destroyed or kept longer."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from wtforms import DateField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from referral.accounts.forms import QUIET, StaffForm, check_line, tidy
from referral.intake import vault
from referral.intake.rights import LONGEST_WORDS
from referral.intake.vocabulary import RightsKind

KINDS: dict[RightsKind, LazyString] = {
    RightsKind.ACCESS: _l("To see or have a copy of what is kept on her"),
    RightsKind.CORRECTION: _l("To have something corrected"),
    RightsKind.ERASURE: _l("To have her file destroyed"),
}
TOO_LONG = _l("Use 500 characters at most.")
A_DAY = _l("Give a day, such as 2026-11-24.")


def _lines(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n").strip()


class RequestForm(StaffForm):
    """What a person asks."""

    kind = RadioField(
        _l("What does she ask?"),
        [InputRequired(_l("Choose what she asks."))],
        choices=[SelectChoice(value=kind.value, label=label) for kind, label in KINDS.items()],
    )
    received_on = DateField(_l("Day on which she asked"), [InputRequired(A_DAY)])
    words = TextAreaField(
        _l("What exactly, in a few words"),
        [Length(max=LONGEST_WORDS, message=TOO_LONG)],
        filters=[_lines],
        render_kw={"rows": 3, "autocomplete": "off"},
    )


class AnswerForm(StaffForm):
    """What she was answered."""

    words = TextAreaField(
        _l("What was done or answered, and how she was told"),
        [DataRequired(_l("Write what was answered.")), Length(max=LONGEST_WORDS, message=TOO_LONG)],
        filters=[_lines],
        render_kw={"rows": 3, "autocomplete": "off"},
    )


class EraseForm(StaffForm):
    """The code of the file, typed; ``sure`` comes with the second press."""

    code = StringField(
        _l("Type the code of the file"),
        [
            InputRequired(_l("Type the code of the file.")),
            Length(max=20, message=_l("Type the code of the file.")),
        ],
        filters=[lambda text: (text or "").strip().upper()],
        render_kw={**QUIET, "autocapitalize": "characters"},
    )
    sure = HiddenField(default="")


class KeepForm(StaffForm):
    """Until when a file is kept, and why."""

    until = DateField(_l("Keep until"), [InputRequired(A_DAY)])
    reason = StringField(
        _l("Why"),
        [
            DataRequired(_l("Say why.")),
            Length(max=140, message=_l("Use 140 characters at most.")),
            check_line,
        ],
        filters=[tidy],
        render_kw={"autocomplete": "off"},
    )


class NameForm(StaffForm):
    """A legal name."""

    version = HiddenField(default="0")
    name = StringField(
        _l("Legal name"),
        [
            DataRequired(_l("Type the name.")),
            Length(max=vault.LONGEST, message=_l("Use 200 characters at most.")),
            check_line,
        ],
        filters=[tidy],
        render_kw={**QUIET, "autocapitalize": "words"},
    )

    def read(self) -> vault.LegalName:
        """Return the name, upon the version that was shown."""
        text: Any = self.version.data or ""
        version = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1  # noqa: PLR2004
        return vault.LegalName(self.name.data, version)
