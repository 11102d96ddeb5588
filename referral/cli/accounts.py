"""``flask relais user``: the first account of an installation, from which all others are invited."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from referral.access.policy import Permission, Role, fits
from referral.accounts import invitations
from referral.accounts.invitations import Guest
from referral.accounts.letters import link_to, say_moment
from referral.accounts.models import Invitation
from referral.accounts.names import is_login_name, normalize_login
from referral.accounts.queries import has_accounts
from referral.accounts.words import ROLES
from referral.catalogue.organizations import find_by_slug
from referral.cli.console import check_directory, operator, output, refuse, speaking
from referral.mail.letters import LetterError, check_address, is_one_line
from referral.shared.bilingual import Language
from referral.shared.clock import now
from referral.shared.database import directory_session, writing

INSTALLATION = "installation"
INVITER = "Relais"
LONGEST_NAME = 120
Answers = Mapping[str, str | None]


class Place(NamedTuple):
    """Where somebody will act: an organization, or the installation where the id is None."""

    id: UUID | None
    slug: str


@click.group("user", invoke_without_command=True)
@click.option("--quiet", is_flag=True, help="Say something only where there is no account yet.")
@click.pass_context
def user_group(context: click.Context, *, quiet: bool) -> None:
    """Say whether anybody can sign in, and how to make the first account."""
    if context.invoked_subcommand is None:
        say_first(quiet=quiet)


@with_appcontext
def say_first(*, quiet: bool) -> None:
    """Say how the first account is made, where there is none."""
    with speaking():
        check_directory()
        operator(Permission.USER_CREATE)
        if not has_accounts(directory_session()):
            command = ".venv/bin/flask --app wsgi relais user create"
            output.print(_("There is no account yet. To make the first: %(command)s", command=command))
        elif not quiet:
            output.print(_("There are accounts: whoever coordinates invites others, on the pages."))


@user_group.command("create")
@click.option("--name", help="Name of the person.")
@click.option("--login", help="Login name; proposed from the name.")
@click.option("--email", help="Address for letters about the account; empty for none.")
@click.option("--language", type=click.Choice(("fr", "en")), help="Language of the person.")
@click.option("--organization", help=f"Short name of the organization, or “{INSTALLATION}”.")
@click.option("--role", type=click.Choice([role.value for role in Role]), help="What the person will do.")
@with_appcontext
def create_command(**given: str | None) -> None:
    """Invite somebody by a link that serves once; what is not given as an option is asked for.

    The person alone chooses the password and the second step, in a browser.
    """
    with speaking() as language:
        check_directory()
        actor, at = operator(Permission.USER_CREATE), now()
        guest = ask_guest(directory_session(), given, language, at)
        with writing(directory_session()) as session:
            invitation, token = invitations.invite(session, guest, actor, at)
            check_login(invitation.username, guest.username)
            invitation.invited_by = INVITER
            said = say_invitation(invitation, token, language)
        for line in said:
            output.print(line, markup=False)


def ask_guest(session: Session, given: Answers, language: Language, at: datetime) -> Guest:
    """Ask for whatever was not given, and refuse what cannot be."""
    name = " ".join(answer(given, "name", _("Name of the person")).split())
    if not name or len(name) > LONGEST_NAME or not is_one_line(name):
        refuse(_("A name has from 1 to %(most)d characters, on one line.", most=LONGEST_NAME))
    proposed = invitations.free_login(session, name, at)
    login = normalize_login(answer(given, "login", _("Login name"), proposed))
    if not is_login_name(login):
        refuse(
            _("A login name has letters without accents, numbers, dots and hyphens: %(login)s", login=login)
        )
    check_login(invitations.free_login(session, login, at), login)
    email = ask_email(given)
    spoken = answer(given, "language", _("Language of the person (fr or en)"), language)
    place = ask_place(session, given)
    return Guest(name, ask_role(given, place), place.id, "en" if spoken == "en" else "fr", email, login)


def check_login(free: str, wanted: str | None) -> None:
    """Refuse a login name that an account or an invitation has."""
    if free != wanted:
        refuse(_("That login name is taken: %(login)s", login=wanted))


def ask_email(given: Answers) -> str | None:
    """Return an address for letters, or None where nobody wants any."""
    email = answer(given, "email", _("E-mail address (Enter for none)"), "").strip()
    if not email:
        return None
    try:
        check_address(email)
    except LetterError:
        refuse(_("This is not one plain address: %(address)s", address=email))
    return email


def ask_place(session: Session, given: Answers) -> Place:
    """Return where the person will act."""
    question = _("Short name of the organization, or “installation” for the whole of Relais")
    slug = answer(given, "organization", question, INSTALLATION).strip()
    if slug == INSTALLATION:
        return Place(None, slug)
    found = find_by_slug(session, slug)
    if found is None:
        refuse(_("There is no organization of that short name: %(slug)s", slug=slug))
    return Place(found.id, slug)


def ask_role(given: Answers, place: Place) -> Role:
    """Return what the person will do there."""
    offered = [role for role in Role if fits(role, place.id)]
    if given.get("role") is None:
        for role in offered:
            output.print(f"  {role.value:<18} {ROLES[role]}", markup=False)
    usual = Role.OPERATOR if place.id is None else Role.ORGANIZATION_LEAD
    word = answer(given, "role", _("Role"), usual.value).strip()
    if word not in offered:
        roles = ", ".join(offered)
        refuse(
            _("That role cannot be held there: %(role)s. Those that can: %(roles)s.", role=word, roles=roles)
        )
    return Role(word)


def answer(given: Answers, name: str, question: str, proposed: str | None = None) -> str:
    """Return an option, or what is typed in answer to a question."""
    written = given.get(name)
    if written is not None:
        return written
    return str(click.prompt(question, default=proposed, show_default=bool(proposed)))


def say_invitation(invitation: Invitation, token: str, language: Language) -> list[str]:
    """Return what the person needs to know; the link is said here and nowhere else."""
    spoken: Language = "en" if invitation.language == "en" else "fr"
    return [
        _("Login name: %(login)s", login=invitation.username),
        _(
            "Give this link to the person. It serves once, until %(at)s:",
            at=say_moment(invitation.expires_at, language),
        ),
        link_to(f"invitation/{token}", spoken),
    ]
