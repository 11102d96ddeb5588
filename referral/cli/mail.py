"""``flask relais mail``: the letters that were not sent, and what can be done about them."""

from __future__ import annotations

from uuid import UUID, uuid4

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy.orm import Session

from referral.access.policy import Permission
from referral.audit.events import Action, Event
from referral.audit.services import chain_of, record, record_apart
from referral.cli.console import check_directory, operator, output, refuse, speaking
from referral.mail.jobs import make_sender
from referral.mail.letters import LetterError, Message
from referral.mail.queries import Waiting, list_outboxes, list_unsent
from referral.mail.sending import Parcel, SendingError
from referral.mail.services import discard, retry_dead
from referral.mail.writing import write_letter
from referral.shared.clock import now
from referral.shared.database import db, writing

REASONS = {
    "no_answer": _l("the mail server does not answer"),
    "no_tls": _l("the mail server offers no TLS"),
    "tls": _l("the certificate of the mail server does not hold"),
    "sign_in": _l("the mail server refuses the user name or the password"),
    "broken_off": _l("the mail server broke off"),
    "folder": _l("the folder of letters cannot be written"),
    "unreadable": _l("the letter was sealed with another secret key"),
}


@click.group("mail", invoke_without_command=True)
@click.pass_context
def mail_group(context: click.Context) -> None:
    """List the letters that were not sent, the dead ones first; never to whom nor what they say."""
    if context.invoked_subcommand is None:
        list_letters()


@with_appcontext
def list_letters() -> None:
    """Print what was not sent."""
    with speaking():
        check_directory()
        record_apart(Event(Action.VIEW, "outbox", actor=operator(Permission.MAIL_REVIEW)))
        letters: list[Waiting] = []
        for outbox, name in list_outboxes():
            with Session(db.engines[name]) as session:
                letters += list_unsent(session, outbox)
        letters.sort(key=lambda letter: (letter.dead_at is None, letter.created_at))
        for letter in letters:
            output.print(say(letter), markup=False)
        dead = sum(letter.dead_at is not None for letter in letters)
        output.print(_("Waiting: %(count)d.", count=len(letters) - dead))
        output.print(_("Given up: %(count)d.", count=dead))


def say(letter: Waiting) -> str:
    """Return a letter as a line."""
    state = _("given up") if letter.dead_at else _("waiting")
    line = f"{letter.id}  {letter.created_at:%Y-%m-%d %H:%M} UTC  {letter.kind}  {state}"
    tries = ngettext("%(num)d try", "%(num)d tries", letter.attempts)
    return f"{line}  {tries}  {say_reason(letter.reason)}".rstrip()


def say_reason(reason: str | None) -> str:
    """Return why a letter was not sent: in words, or as the server's number."""
    return str(REASONS.get(reason or "", reason or ""))


@mail_group.command("retry")
@click.argument("letter_id", type=click.UUID, required=False)
@with_appcontext
def retry_command(letter_id: UUID | None) -> None:
    """Let a letter that was given up be tried again, or all of them."""
    with speaking():
        check_directory()
        actor = operator(Permission.MAIL_REVIEW)
        count = 0
        for outbox, name in list_outboxes():
            with Session(db.engines[name]) as session, writing(session, name):
                retried = retry_dead(session, letter_id, outbox)
                if retried:
                    record(session, Event(Action.CHANGE, "outbox", letter_id, actor), chain_of(name))
            count += retried
        output.print(
            ngettext("%(num)d letter will be tried again.", "%(num)d letters will be tried again.", count)
        )


@mail_group.command("discard")
@click.argument("letter_id", type=click.UUID)
@with_appcontext
def discard_command(letter_id: UUID) -> None:
    """Delete a letter that was not sent."""
    with speaking():
        check_directory()
        actor = operator(Permission.MAIL_REVIEW)
        for outbox, name in list_outboxes():
            with Session(db.engines[name]) as session, writing(session, name):
                if discard(session, letter_id, outbox):
                    record(session, Event(Action.CHANGE, "outbox", letter_id, actor), chain_of(name))
                    return
        refuse(_("There is no such letter: %(id)s", id=letter_id))


@mail_group.command("try")
@click.argument("address")
@with_appcontext
def try_command(address: str) -> None:
    """Send a letter of trial now, to see whether mail leaves."""
    with speaking() as language:
        operator(Permission.MAIL_REVIEW)
        sender = make_sender(current_app.config)
        if sender is None:
            refuse(_("No way for mail is set: RELAIS_MAIL_HOST."))
        try:
            letter = write_letter(Message("mail_test", address, language, "mail_test"))
            sender.send(Parcel(uuid4(), now(), letter))
        except LetterError:
            refuse(_("This is not one plain address: %(address)s", address=address))
        except SendingError as error:
            refuse(_("The letter was not sent: %(reason)s", reason=say_reason(error.reason)))
        output.print(_("The letter was handed over."))
