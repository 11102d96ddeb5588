from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from referral.access.policy import Role
from referral.accounts.models import Invitation, User
from referral.accounts.names import hash_token
from referral.audit.models import AuditEvent
from referral.shared.clock import now
from referral.shared.database import writing
from tests.edition.conftest import Directory

ASKED = ("name", "login", "email", "language", "organization", "role")
LINK = re.compile(r"http://\S+/(fr|en)/account/invitation/(\S+)")


@pytest.fixture
def run(app, session):
    """Return a function that runs a command of an English-speaking terminal."""

    def run(*arguments: str, typed: str | None = None, language: str = "en_CA.UTF-8"):
        session.rollback()
        runner = app.test_cli_runner(env={"LC_ALL": language})
        return runner.invoke(args=["relais", "user", *arguments], input=typed)

    return run


@pytest.fixture
def create(run):
    """Return a function that creates an account, all of it on the command line but for what is changed."""

    def create(language: str = "en_CA.UTF-8", **changed: str):
        given = {
            "name": "Camille Exemple",
            "login": "camille.exemple",
            "email": "",
            "language": "fr",
            "organization": "installation",
            "role": "operator",
        } | changed
        options = [part for name, value in given.items() for part in (f"--{name}", value)]
        return run("create", *options, language=language)

    return create


@pytest.fixture
def slug(session):
    """The short name of an organization."""
    return Directory(session).add().organization.slug


def invitation(session) -> Invitation:
    session.rollback()
    return session.scalars(sa.select(Invitation)).one()


def test_the_link_that_is_printed_is_that_of_the_invitation(create, session):
    result = create()

    assert result.exit_code == 0
    language, token = LINK.search(result.output).groups()
    assert (language, hash_token(token)) == ("fr", invitation(session).token_hash)


def test_the_account_is_of_whoever_accepts_and_not_before(create, session):
    create()

    session.rollback()
    assert session.scalar(sa.select(sa.func.count()).select_from(User)) == 0


def test_what_is_not_given_is_asked_for(run, session):
    result = run("create", typed="Camille  Exemple\n\ncamille@exemple.example\nen\ninstallation\nvetter\n")

    assert result.exit_code == 0
    made = invitation(session)
    assert (made.name, made.username, made.email) == (
        "Camille Exemple",
        "camille.exemple",
        "camille@exemple.example",
    )
    assert (made.language, made.role, made.organization_id) == ("en", Role.VETTER, None)


def test_a_login_name_is_proposed_that_nobody_has(create, run):
    create()

    assert "camille.exemple2" in run("create", typed="Camille Exemple\n").output


def test_an_organization_is_named_by_its_short_name(create, slug, session):
    assert create(organization=slug, role="organization-lead").exit_code == 0

    assert invitation(session).organization_id is not None


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"role": "intake-worker"}, "That role cannot be held there: intake-worker"),
        ({"organization": "nulle-part"}, "There is no organization of that short name: nulle-part"),
        ({"login": "Été 2026"}, "A login name has letters without accents"),
        ({"email": "camille"}, "This is not one plain address: camille"),
        ({"name": " "}, "A name has from 1 to 120 characters"),
        ({"name": "x" * 121}, "A name has from 1 to 120 characters"),
    ],
)
def test_what_cannot_be_is_refused_in_words(create, session, changed, said):
    result = create(**changed)

    assert result.exit_code == 1
    assert said in result.stderr
    session.rollback()
    assert session.scalar(sa.select(sa.func.count()).select_from(Invitation)) == 0


def test_an_organization_has_no_operator(create, slug):
    assert "That role cannot be held there: operator" in create(organization=slug).stderr


def test_a_login_name_is_given_once(create):
    create()
    second = create()

    assert second.exit_code == 1
    assert "That login name is taken: camille.exemple" in second.stderr


def test_refusals_are_french_at_a_french_terminal(create):
    assert "Cet organisme n’existe pas" in create(language="C.UTF-8", organization="nulle-part").stderr


def test_creating_is_recorded_without_a_name(create, session):
    create()

    session.rollback()
    recorded = session.execute(sa.select(AuditEvent.action, AuditEvent.target_type, AuditEvent.target_id))
    assert recorded.all() == [("create", "invitation", str(invitation(session).id))]


def test_whoever_is_invited_reads_that_relais_invites(create, session):
    create()

    assert invitation(session).invited_by == "Relais"


def test_no_option_takes_a_password(run):
    assert "password" not in re.findall(r"--[a-z]+", run("create", "--help").output)
    assert set(re.findall(r"--([a-z]+)", run("create", "--help").output)) - {"help"} == set(ASKED)


def test_how_the_first_account_is_made_is_said_while_there_is_none(run, session):
    assert "relais user create" in run("--quiet").output


def test_nothing_is_said_of_the_first_account_once_there_is_one(run, account):
    assert run("--quiet").output == ""
    assert "relais user create" not in run().output


@pytest.fixture
def account(session):
    """Somebody who can sign in."""
    with writing(session):
        session.add(User(username="camille.exemple", name="Camille Exemple", language="fr", created_at=now()))
