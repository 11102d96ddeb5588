"""The page of the services that are proposed: what it shows, to whom, and what it leaves behind."""

from __future__ import annotations

import logging
import re
import uuid

import msgspec
import pytest
import sqlalchemy as sa

from referral.access.policy import Role
from referral.audit.events import Action
from referral.audit.models import CasesAuditEvent
from referral.catalogue.listing import OrganizationCard, Text
from referral.directory import card_text
from referral.edition.reader import READER
from referral.intake.models import Answer
from referral.shared.database import DIRECTORY, DirectoryBase, cases_session, db
from tests.intake.filing import enter, make_actor, make_case, make_draft, make_house
from tests.intake.matches import EDITION, FAMILIES, MOTHER, NO_DOGS
from tests.pages.example import ExampleEdition
from tests.security.people import make_organization

HERS = {
    **MOTHER,
    "nickname": "Exemple Mésange",
    "languages": {"spoken": ["es"], "interpreter": True},
    "limits": {"gender": "woman", "children": 2, "children_ages": "sept et neuf ans", "flags": ["pets"]},
    "urgency": {"level": "u2", "reason": "Exemple de raison scellée"},
    "note": "Exemple de note scellée",
}
TITLE = re.compile(r"<title>\s*([^<]*?)\s*</title>")
WORDS = ("Mésange", "sept et neuf", "raison scellée", "note scellée", "espagnol")


@pytest.fixture(autouse=True)
def directory(app, client):
    """The fictional directory, in place of an edition on disk."""
    kept, app.extensions[READER] = app.extensions[READER], EDITION
    yield
    app.extensions[READER] = kept


@pytest.fixture
def worker(app, session, house):
    return enter(app, session, house.worker)


def see(person, case_id, language="fr"):
    answer = person.browser.get(f"/{language}/cases/{case_id}/services")
    assert answer.status_code == 200, answer.status_code
    return answer.text.replace("\u00a0", " ")


def rows_of_directory():
    """Return every row of the directory's database."""
    with db.engines[DIRECTORY].connect() as connection:
        tables = DirectoryBase.metadata.sorted_tables
        return {table.name: sorted(map(repr, connection.execute(sa.select(table)))) for table in tables}


def test_services_come_with_reasons_what_to_ask_and_what_is_missing(worker, house):
    page = see(worker, make_case(house, HERS))

    assert "Service Exemple familles" in page
    assert "reçoit les enfants" in page
    assert "À demander au téléphone : " in page
    assert "Ce qui manque : n’accepte pas les animaux." in page


def test_the_page_is_in_english_as_well(worker, house):
    page = see(worker, make_case(house, HERS), "en")

    assert "receives children" in page
    assert "What is missing: does not accept pets." in page
    assert "Example service familles" in page


def test_the_telephone_comes_first(worker, house):
    page = see(worker, make_case(house, HERS))
    card = page[page.index("Service Exemple familles") :]

    assert card.index('href="tel:+15145550123"') < card.index("reçoit les enfants")


def test_what_to_avoid_is_not_there_and_is_said_to_be_left_out(worker, session, house):
    avoided = make_organization(session, "Maison À Éviter Exemple")
    answers = HERS | {
        "organizations_to_avoid": [str(avoided), FAMILIES.organization.id],
        "regions": {"now": "08", "avoid": ["09"]},
    }
    page = see(worker, make_case(house, answers))

    assert "Service Exemple familles" not in page
    assert "Maison À Éviter Exemple" in page
    assert "Côte-Nord" in page


def test_a_file_without_needs_says_how_to_have_services_proposed(worker, house):
    assert "Aucun besoin n’est noté" in see(worker, make_draft(house))


def test_what_was_not_said_limits_nothing(worker, house):
    case_id = make_case(house, {"needs": {"shelter": "need-now"}})
    page = see(worker, case_id)

    assert "Ce qui manque" not in page
    assert "À demander au téléphone" not in page


def test_without_an_edition_the_page_says_that_the_directory_cannot_be_read(app, worker, house, tmp_path):
    from referral.edition.reader import EditionReader  # noqa: PLC0415

    app.extensions[READER] = EditionReader(tmp_path)

    assert "Le répertoire ne peut pas être lu" in see(worker, make_case(house, HERS))


def test_nothing_of_her_is_in_an_address_of_the_page(worker, house):
    page = see(worker, make_case(house, HERS))
    start = page.index("<main")
    links = [part.split('"')[0] for part in page[start : page.index("</main")].split('href="')[1:]]

    assert links
    assert not [link for link in links if "?" in link]


def test_a_view_leaves_one_line_in_the_audit_and_nothing_anywhere_else(worker, house, caplog, app):
    case_id = make_case(house, HERS)
    see(worker, case_id)
    events = sa.select(sa.func.count()).select_from(CasesAuditEvent)
    sealed = sa.select(Answer.name, Answer.sealed, Answer.version).order_by(Answer.name)
    counted, answers = cases_session().scalar(events), cases_session().execute(sealed).all()
    cases_session().rollback()
    directory_before, folder_before = rows_of_directory(), list_files(app)
    with caplog.at_level(logging.DEBUG):
        see(worker, case_id)

    newest = cases_session().scalars(
        sa.select(CasesAuditEvent).order_by(CasesAuditEvent.number.desc()).limit(1)
    )
    event = newest.one()
    assert (event.action, event.target_id) == (Action.VIEW, str(case_id))
    assert cases_session().scalar(events) == counted + 1
    assert cases_session().execute(sealed).all() == answers
    assert rows_of_directory() == directory_before
    assert list_files(app) == folder_before
    assert not [word for word in (*WORDS, "familles", "shelter", "pets") if word in caplog.text]


def list_files(app):
    """Return every file of the folder of editions with what it holds."""
    root = app.config["EDITION_DIR"]
    return {str(path): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def test_nothing_of_her_is_kept_by_the_process(app, worker, house, monkeypatch):
    kept = []
    monkeypatch.setattr(card_text.CardKeeper, "keep", lambda _self, _key, card: kept.append(card))
    see(worker, make_case(house, HERS))

    of_any_search = {"facets", "openness", "standings", "cells"}
    assert kept == []
    assert set(EDITION.index.cache) <= set(EDITION.index.attributes) | of_any_search


def test_the_page_is_kept_by_no_browser_and_its_title_is_neutral(worker, house):
    answer = worker.browser.get(f"/fr/cases/{make_case(house, HERS)}/services")

    assert "no-store" in answer.headers["Cache-Control"]
    assert TITLE.search(answer.text)[1].replace("\u00a0", " ") == "Dossier – Relais"


def test_one_press_leads_to_the_reading_of_the_consent_for_it_and_ticks_no_item(app, session, worker, house):
    place = make_organization(session, "Maison Ouverte Exemple")
    offered = msgspec.structs.replace(
        FAMILIES, organization=OrganizationCard(str(place), Text("Maison Ouverte Exemple"))
    )
    app.extensions[READER] = ExampleEdition((offered,))
    case_id = make_case(house, HERS)
    assert f'name="organization" value="{place}"' in re.sub(r"\s+", " ", see(worker, case_id))

    answer = worker.post(f"/fr/cases/{case_id}/consents/new", organization=str(place))
    ticked = [each for each in re.findall(r"<input[^>]*>", answer.text) if "checked" in each]
    assert answer.status_code == 200
    assert f'value="{place}"' in answer.text
    assert not [each for each in ticked if 'name="items"' in each]


def test_a_near_miss_and_ones_own_organization_offer_no_consent(app, worker, house):
    own = OrganizationCard(str(house.id), Text("Maison Exemple"))
    app.extensions[READER] = ExampleEdition((msgspec.structs.replace(FAMILIES, organization=own), NO_DOGS))

    assert 'name="organization"' not in see(worker, make_case(house, HERS))


@pytest.mark.parametrize("role", [Role.PARTNER_EDITOR, Role.PRIVACY_OFFICER])
def test_other_roles_find_no_such_page(app, session, house, role):
    other = enter(app, session, make_actor(session, house.id, "Diane Exemple", role))

    assert other.browser.get(f"/fr/cases/{make_case(house, HERS)}/services").status_code == 404


def test_another_organization_finds_no_such_page(app, session, house):
    other = enter(app, session, make_house(session, "Autre Maison Exemple").worker)

    assert other.browser.get(f"/fr/cases/{make_case(house, HERS)}/services").status_code == 404


def test_a_file_that_there_is_not_answers_404(worker):
    assert worker.browser.get(f"/fr/cases/{uuid.uuid4()}/services").status_code == 404


def test_a_need_that_nothing_met_is_told_from_a_file_with_codes_only(worker, house):
    needs = {"shelter": "need-now", "safety": "unmet"}
    case_id = make_case(house, {**HERS, "needs": needs, "age_band": "18-24", "regions": {"now": "08"}})

    page = see(worker, case_id)
    told = page.split('action="/fr/gaps/begin"')[1:]
    shelter, safety = (
        dict(re.findall(r'name="(\w+)" value="([^"]*)"', each.split("</form>")[0])) for each in told
    )
    begun = worker.post("/fr/gaps/begin", **shelter).text

    assert shelter == {"need": "emergency_shelter", "region": "08", "age": "18-24"}
    assert safety == {"region": "08", "age": "18-24"}
    assert 'selected value="emergency_shelter"' in begun
    assert str(case_id) not in begun
