from __future__ import annotations

import os
import socket
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from referral.access.policy import Actor
from referral.catalogue import changes
from referral.catalogue.change_models import (
    FieldChange,
    Proposal,
    ProposedChange,
    Via,
    Withdrawal,
    WithdrawalKind,
)
from referral.catalogue.changes import Author
from referral.catalogue.listing import Text
from referral.catalogue.models import Location
from referral.edition import withdrawal
from referral.edition.folder import EditionFolder
from referral.edition.reader import READER, EditionReader
from referral.edition.readers import ReaderNote, forget_reader, list_readers, note_shown
from referral.shared.bilingual import Bilingual
from referral.shared.database import DirectoryBase, db, writing

AT = datetime(2026, 11, 24, 15, tzinfo=UTC)
LEAD = Author(Actor("Camille Exemple", user_id=uuid4()), Via.ACCOUNT)
STREET, CODE, TOWN = "4321 rue Introuvable", "H2X 9Z9", "Village-Exemple"


@pytest.fixture
def told(app, session, directory, build):
    """A shown listing that tells where it is, in every place where somebody may have written it."""
    app.extensions[READER] = EditionReader(app.config["EDITION_DIR"])
    service = directory.add(
        "Maison Exemple",
        location={
            "confidential": False,
            "region_code": "06",
            "municipality": TOWN,
            "address_1": STREET,
            "postal_code": CODE,
            "latitude": 45.5,
            "longitude": -73.6,
        },
        description=Bilingual(f"Au {STREET}.", f"In {TOWN}."),
    )
    for words in (f"Au {STREET}", f"Près de {TOWN}", "Ailleurs"):
        with writing(session):
            changes.apply_values(session, service, {"description": Text(words, None)}, LEAD, AT)
    with writing(session):
        changes.propose(
            session, service, {"name": Text(f"Maison de {TOWN}", None)}, LEAD, AT, f"voir {STREET}"
        )
    build()
    return service


def ask(session, service, kind=WithdrawalKind.CONFIDENTIAL):
    with writing(session):
        withdrawal.withdraw(session, service, kind, LEAD, AT)
    return withdrawal.carry_out(session, AT)


def other_reader(app, number, host="autre.exemple"):
    note_shown(app.config["EDITION_DIR"], number, AT)
    folder = app.config["EDITION_DIR"] / "readers"
    own = folder / f"{socket.gethostname()}-{os.getpid()}.json"
    text = own.read_text().replace(f'"host":"{socket.gethostname()}"', f'"host":"{host}"')
    (folder / f"{host}-1.json").write_text(text.replace(own.stem, f"{host}-1"))
    own.unlink()


def every_text(session):
    rows = []
    for table in DirectoryBase.metadata.sorted_tables:
        for row in session.connection(bind_arguments={"bind": db.engines["directory"]}).execute(
            sa.select(table)
        ):
            rows += [str(value) for value in row]
    return "\n".join(rows)


@pytest.mark.parametrize("kind", list(WithdrawalKind))
def test_nothing_in_the_database_tells_of_a_withdrawn_place(session, told, kind):
    ask(session, told, kind)
    session.expire_all()
    text = every_text(session)

    assert [secret for secret in (STREET, "Introuvable", CODE, TOWN, "45.5", "-73.6") if secret in text] == []


def test_nothing_in_any_file_beside_the_edition_tells_of_a_withdrawn_place(app, session, told):
    ask(session, told)
    files = [path.read_bytes() for path in app.config["EDITION_DIR"].rglob("*") if path.is_file()]

    assert not any(secret.encode() in content for secret in (STREET, CODE, TOWN) for content in files)


def test_older_editions_are_deleted(app, session, told):
    ask(session, told)
    folder = EditionFolder(app.config["EDITION_DIR"])

    assert [path for path in folder.root.glob("0*") if path.is_dir()] == [folder.current()]


def test_a_place_withdrawn_is_confidential_and_has_only_its_region(session, told):
    ask(session, told)
    place = session.scalars(sa.select(Location)).one()

    assert place.confidential
    assert (place.region_code, place.municipality, place.public_municipality) == ("06", None, None)


def test_a_listing_closed_for_safety_is_shown_no_more(app, session, told):
    ask(session, told, WithdrawalKind.CLOSED)

    assert app.extensions[READER].current().position_of(told.id) is None


def test_a_listing_whose_place_is_withdrawn_stays(app, session, told):
    ask(session, told)

    assert app.extensions[READER].current().position_of(told.id) is not None


def test_it_is_done_when_every_reader_shows_the_new_edition(session, told):
    assert ask(session, told) == []
    assert session.scalars(sa.select(Withdrawal)).one().done_at == AT


def test_a_reader_that_is_down_is_named_and_waited_for(app, session, told):
    other_reader(app, number=1)
    waiting = ask(session, told)

    assert [reader.name for reader in waiting] == ["autre.exemple-1"]
    assert session.scalars(sa.select(Withdrawal)).one().done_at is None


def test_it_is_done_once_the_last_reader_lets_go(app, session, told):
    other_reader(app, number=1)
    ask(session, told)
    other_reader(app, number=99)
    withdrawal.follow_up(AT + timedelta(minutes=5))

    assert session.scalars(sa.select(Withdrawal)).one().done_at == AT + timedelta(minutes=5)


def test_a_reader_that_somebody_forgot_is_waited_for_no_more(app, session, told):
    other_reader(app, number=1)
    ask(session, told)
    assert forget_reader(app.config["EDITION_DIR"], "autre.exemple-1")
    withdrawal.follow_up(AT)

    assert withdrawal.readers_waited_for(session) == []


def test_a_reader_killed_on_this_machine_is_known_to_be_gone(app, session):
    note_shown(app.config["EDITION_DIR"], 1, AT)
    own = next((app.config["EDITION_DIR"] / "readers").glob("*.json"))
    own.write_text(own.read_text().replace(f'"pid":{os.getpid()}', '"pid":4194999'))

    assert list_readers(app.config["EDITION_DIR"]) == []


def test_a_reader_of_another_machine_is_never_taken_for_gone():
    assert not ReaderNote("x-1", "autre.exemple", 4194999, 1, AT).is_gone()


def test_a_reader_is_silent_after_two_minutes():
    note = ReaderNote("x-1", "autre.exemple", 1, 1, AT)

    assert not note.is_silent(AT + timedelta(minutes=2))
    assert note.is_silent(AT + timedelta(minutes=2, seconds=1))


def test_a_waiting_proposal_that_tells_is_taken_back(session, told):
    ask(session, told)
    change = session.scalars(sa.select(ProposedChange)).one()

    assert (change.status, change.value_after) == ("taken-back", None)


def test_what_tells_nothing_stays_in_the_history(session, told):
    ask(session, told)
    kept = session.scalars(sa.select(FieldChange.value_after)).all()

    assert '{"fr":"Ailleurs"}' in kept


def test_words_of_who_proposed_go_where_they_tell(session, told):
    ask(session, told)

    assert session.scalars(sa.select(Proposal)).one().note == ""


def test_a_withdrawal_that_could_not_publish_is_published_by_the_scheduled_command(app, session, told):
    with writing(session):
        withdrawal.withdraw(session, told, WithdrawalKind.CLOSED, LEAD, AT)
    withdrawal.follow_up(AT)

    assert app.extensions[READER].current().position_of(told.id) is None
