"""The register of who is not to be listed, over pages; names that go at once."""

from __future__ import annotations

import re
import uuid

import pytest
import sqlalchemy as sa

from referral.access.policy import Role
from referral.audit.models import AuditEvent
from referral.catalogue.change_models import FieldChange, ListingDraft, Proposal, ProposedChange, Withdrawal
from referral.catalogue.checking import ValuesRefusedError
from referral.catalogue.fields import encode
from referral.catalogue.importing import ImportRefusedError, import_catalogue
from referral.catalogue.listing import Text
from referral.catalogue.models import Service
from referral.catalogue.vetting_models import DoNotList
from referral.evidence.kinds import FlagKind
from referral.evidence.services import flag_listing
from referral.shared.bilingual import Bilingual
from referral.shared.clock import now
from referral.shared.database import DIRECTORY, DirectoryBase, db, writing
from tests.catalogue.making import make_row, write_services
from tests.conftest import ON_ONE_BACKEND
from tests.edition.conftest import Directory, build
from tests.partners.vetters import count, fresh_reader, plain, propose, read, seat

__all__ = ["build", "fresh_reader"]
NAME = "Alexandrine Fictive"
PERSON = {"kind": "person", "reason": "asked", "names": NAME}


@pytest.fixture
def desk(app, session):
    return seat(app, session)


@pytest.fixture
def service_id(session, build):
    made = (
        Directory(session)
        .add(
            "Écoute Exemple",
            description=Bilingual(f"Demandez {NAME} à l’accueil.", "Ask for ALEXANDRINE FICTIVE."),
            email="alexandrine.fictive@exemple.example",
        )
        .id
    )
    session.rollback()
    build()
    return made


def kept(session):
    """Return everything that the database holds but events and letters, as text."""
    session.rollback()
    with db.engines[DIRECTORY].connect() as connection:
        return "\n".join(
            str(row)
            for table in DirectoryBase.metadata.sorted_tables
            for row in connection.execute(sa.select(table))
        )


def test_what_is_entered_is_not_kept_in_words(session, desk):
    assert desk.post("/register", {**PERSON, "numbers": "514 555-0142"}).status_code == 303

    assert count(session, DoNotList) == 1
    assert not re.search("(?i)alexandrine|fictive|5550142", kept(session))


def test_a_change_that_names_who_refuses_is_refused(session, service_id, desk):
    desk.post("/register", PERSON)

    with pytest.raises(ValuesRefusedError):
        propose(session, session.get(Service, service_id), name=Text("Chez Fictive Alexandrine", None))


def test_an_import_that_names_who_refuses_is_refused_with_the_line(session, desk, tmp_path):
    desk.post("/register", {"kind": "organization", "reason": "asked", "names": "Organisme Exemple 7"})
    session.rollback()
    rows = [make_row(1), make_row(7)]

    with pytest.raises(ImportRefusedError) as raised, writing(session):
        import_catalogue(session, write_services(tmp_path, *rows), "test")
    assert [(each.line, each.column) for each in raised.value.problems] == [(3, "org_name")]


def test_a_vetter_cannot_agree_to_who_refused_meanwhile(session, service_id, desk):
    proposal_id = propose(session, session.get(Service, service_id), name=Text(f"Chez {NAME}", None))
    desk.post("/register", PERSON)
    answer = desk.post(f"/proposals/{proposal_id}/decide", {"act": "all"})

    assert answer.status_code == 422
    assert "au registre" in plain(answer.text)


def test_the_register_says_who_is_listed_all_the_same(session, service_id, desk):
    desk.post("/register", PERSON)

    assert "Écoute Exemple" in plain(desk.get("/register").text)


def test_an_entry_that_ended_refuses_nobody(session, service_id, desk):
    desk.post("/register", PERSON)
    entry_id = session.scalar(sa.select(DoNotList.id))
    desk.post(f"/register/{entry_id}/end")

    propose(session, session.get(Service, service_id), name=Text(f"Chez {NAME}", None))


def test_entries_of_another_key_are_counted(app, session, desk, monkeypatch):
    desk.post("/register", PERSON)
    monkeypatch.setattr("referral.partners.register.key_check", lambda: "another")

    assert "une autre clé secrète" in plain(desk.get("/register").text)


@ON_ONE_BACKEND
@pytest.mark.parametrize(
    "fields",
    [
        {**PERSON, "names": "Alexandrine"},
        {**PERSON, "names": ""},
        {**PERSON, "kind": "x"},
        {**PERSON, "reason": ""},
        {**PERSON, "numbers": "12"},
    ],
)
def test_an_entry_that_is_not_right_is_not_made(session, desk, fields):
    assert desk.post("/register", fields).status_code == 422
    assert count(session, DoNotList) == 0


def test_a_name_goes_from_all_that_is_kept_of_a_listing(session, service_id, desk):
    service = session.get(Service, service_id)
    proposal_id = propose(session, service, note=f"Pour {NAME}", description=Text(f"{NAME} répond.", None))
    session.rollback()
    with writing(session):
        flag_listing(session, service_id, FlagKind.OTHER, f"{NAME} est partie.", "fr", now())
        session.add(
            FieldChange(
                service_id=service_id,
                field="description",
                value_before=encode("description", Text(f"{NAME} répondait.", None)),
                changed_by="Exemple",
                via="account",
                changed_at=now(),
            )
        )
        session.add(
            ListingDraft(
                service_id=service_id,
                user_id=desk.person.user_id,
                typed=f'{{"description-fr": "{NAME}"}}',
                listing_version=1,
                saved_at=now(),
            )
        )
    answer = desk.post(f"/services/{service_id}/name", {"name": "Fictive, Alexandrine"})

    assert answer.status_code == 303
    assert not re.search("(?i)alexandrine", kept(session))
    assert read(session, Service, service_id).description.fr == "Demandez à l’accueil."
    assert read(session, Proposal, proposal_id).note == "Pour"
    assert session.scalar(sa.select(ProposedChange.status)) == "taken-back"


def test_a_name_that_goes_is_shown_no_more_at_once(session, service_id, desk, client):
    assert NAME in client.get(f"/fr/services/{service_id}").text
    desk.post(f"/services/{service_id}/name", {"name": NAME})

    assert "lexandrine" not in client.get(f"/fr/services/{service_id}").text
    assert read(session, Withdrawal, session.scalar(sa.select(Withdrawal.id))).kind == "name"


def test_that_a_name_went_is_recorded_without_the_name(session, service_id, desk):
    desk.post(f"/services/{service_id}/name", {"name": NAME, "enter": "y"})
    session.rollback()
    targets = set(session.scalars(sa.select(AuditEvent.target_type)))

    assert {"withdrawal", "do_not_list"} <= targets
    assert not re.search("(?i)alexandrine", kept(session))


def test_a_name_that_is_nowhere_withdraws_nothing(session, service_id, desk):
    desk.post(f"/services/{service_id}/name", {"name": "Personne Exemple"})

    assert count(session, Withdrawal) == 0


def test_one_word_is_no_name(session, service_id, desk):
    assert desk.post(f"/services/{service_id}/name", {"name": "Alexandrine"}).status_code == 422


@pytest.mark.parametrize("role", [Role.OPERATOR])
def test_the_register_is_for_vetters_and_whoever_watches_over_personal_information(
    app, session, service_id, role
):
    somebody = seat(app, session, "Maxime Exemple", role)
    paths = ["/register", f"/services/{service_id}/name"]

    assert [somebody.get(path).status_code for path in paths] == [404, 404]
    assert [somebody.post(path, {**PERSON, "name": NAME}).status_code for path in paths] == [404, 404]


def test_whoever_watches_over_personal_information_keeps_the_register(app, session, service_id):
    officer = seat(app, session, "Dominique Exemple", Role.PRIVACY_OFFICER)

    assert officer.get("/register").status_code == 200
    assert officer.post(f"/services/{service_id}/name", {"name": NAME}).status_code == 303


def test_what_is_none_is_not_found(desk):
    assert desk.get(f"/services/{uuid.uuid4()}/name").status_code == 404
    assert desk.post(f"/register/{uuid.uuid4()}/end").status_code == 404
