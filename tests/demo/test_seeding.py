"""Filling a demonstration: once, and never beside what is real."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from config import Config, ConfigError
from referral.access.policy import CONSOLE, Role
from referral.accounts import invitations
from referral.accounts.invitations import Guest
from referral.accounts.models import User
from referral.app import create_app
from referral.catalogue.models import Organization
from referral.demo.accounts import NotFictionalError, has_real_account
from referral.demo.needs import NEEDS
from referral.demo.people import PEOPLE
from referral.demo.seeding import NoCatalogueError, seed
from referral.evidence.models import UnmetNeed
from referral.mail.models import Outbox
from referral.shared.bilingual import Bilingual
from referral.shared.clock import now
from referral.shared.database import writing
from tests.conftest import AUDIT_KEY, SECRET_KEY
from tests.demo.test_entering import end_access, real_account


def add(session, *rows):
    session.add_all(rows)
    session.commit()


def seed_again(session):
    with writing(session):
        seed(session, now())


def usernames(session):
    return session.scalars(sa.select(User.username).order_by(User.username)).all()


def test_everybody_who_can_be_tried_is_there(seeded):
    assert usernames(seeded) == sorted(person.username for person in PEOPLE)


def test_a_letter_waits_from_the_beginning(seeded):
    assert seeded.scalars(sa.select(Outbox.kind)).all() == ["invitation"]


def test_seeding_again_adds_nobody_and_no_letter(seeded):
    before = usernames(seeded)
    seed_again(seeded)

    assert usernames(seeded) == before
    assert len(seeded.scalars(sa.select(Outbox)).all()) == 1


def test_seeding_again_keeps_what_was_done(seeded):
    end_access(seeded, "sacha.exemple")
    seed_again(seeded)

    assert seeded.scalars(sa.select(User.username).where(~User.active)).all() == ["sacha.exemple"]


def test_whoever_accepts_an_invitation_in_a_demonstration_is_of_it(seeded):
    with writing(seeded):
        _invitation, token = invitations.invite(
            seeded, Guest("Noa Exemple", Role.VETTER, None), CONSOLE, now()
        )
        invitations.accept(seeded, token, "no hash", now())

    assert not has_real_account(seeded)


def test_nobody_is_added_before_the_fictional_organizations(session):
    with pytest.raises(NoCatalogueError), writing(session):
        seed(session, now())


def test_nobody_is_added_beside_a_real_organization(catalogue):
    revision = catalogue.scalar(sa.select(sa.func.max(Organization.revision)))
    real = Organization(slug="vrai-organisme", name=Bilingual("Vrai organisme", None), revision=revision)
    add(catalogue, real)

    with pytest.raises(NotFictionalError):
        seed_again(catalogue)


def test_nobody_is_added_beside_a_real_account(catalogue):
    add(catalogue, real_account())

    with pytest.raises(NotFictionalError):
        seed_again(catalogue)


def start_on(app):
    return create_app(
        Config(
            SECRET_KEY=SECRET_KEY,
            AUDIT_KEY=AUDIT_KEY,
            DIRECTORY_URL=app.config["DIRECTORY_URL"],
            DEMO=True,
            TESTING=True,
        )
    )


def test_a_demonstration_does_not_start_on_a_database_with_a_real_account(app, seeded):
    add(seeded, real_account())

    with pytest.raises(ConfigError, match="RELAIS_DEMO"):
        start_on(app)


def test_a_demonstration_starts_again_on_its_own_database(app, seeded):
    assert start_on(app).config["DEMO"]


def test_the_command_says_so_where_the_catalogue_is_missing(app, session):
    result = app.test_cli_runner().invoke(args=["demo", "seed"])

    assert (result.exit_code, usernames(session)) == (1, [])


def test_needs_of_an_ended_quarter_are_told_once(seeded):
    told = sa.select(sa.func.count()).select_from(UnmetNeed)
    before = seeded.scalars(told).one()
    seed_again(seeded)

    assert seeded.scalars(told).one() == before == sum(times for _need, times in NEEDS)
