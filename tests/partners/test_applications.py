from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from referral.access.policy import Actor, Role
from referral.accounts.models import Invitation
from referral.catalogue.change_models import FieldChange, Proposal, ProposalStatus
from referral.catalogue.importing import import_catalogue
from referral.catalogue.models import Location, Organization, Service
from referral.catalogue.trust import Trust
from referral.partners.application_forms import CRITERIA
from referral.partners.application_models import Application, ApplicationStatus
from referral.partners.application_views import forget_old
from referral.partners.queue import QueueKind, Viewer, read_queue
from referral.shared.clock import now
from referral.shared.database import writing
from referral.web.limits import EXTENSION
from tests.accounts.conftest import browser_of, clock, events, letters, open_browser, people
from tests.catalogue.making import make_row, write_services
from tests.conftest import ON_ONE_BACKEND

__all__ = ["browser_of", "clock", "events", "letters", "open_browser", "people"]

CODE = re.compile(r"<strong>([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})</strong>")
TYPED = {
    "name_fr": "Organisme Exemple neuf",
    "name_en": "New Example Organization",
    "service_fr": "Écoute Exemple",
    "service_en": "Example Listening",
    "description_fr": "Écoute fictive.",
    "description_en": "Fictional listening.",
    "categories": ["mental_health"],
    "clientele": ["anyone"],
    "region": "06",
    "phone": "514-555-0188",
    "consent": "y",
    "contact_name": "Camille Exemple",
    "contact_email": "boite@exemple.example",
    **{f"is_{code.replace('-', '_')}": "yes" for code in CRITERIA},
}
SHELTER = TYPED | {"categories": ["emergency_shelter"]}
OPEN = TYPED | {"address": "1 rue Exemple", "municipality": "Montréal"}


@pytest.fixture
def visitor(app, session, clock, open_browser):
    app.extensions[EXTENSION].reset()
    return open_browser().client


def send(visitor, typed, kind="open", language="en", **headers):
    return visitor.post(f"/{language}/apply/{kind}", data=typed, headers=headers)


def one(session) -> Application:
    session.rollback()
    return session.scalars(sa.select(Application)).one()


@pytest.fixture
def vetter(people, browser_of):
    return browser_of(people.add("robin.exemple", (Role.VETTER, None)))


@pytest.fixture
def other_vetter(people, browser_of):
    return browser_of(people.add("lou.exemple", (Role.VETTER, None)))


def act(browser, application, what, **fields):
    return browser.post(f"/en/vetting/applications/{application.id}/{what}", fields)


@ON_ONE_BACKEND
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("page", ["", "secret", "open", "state"])
def test_the_pages_are_there_without_an_account_and_set_no_cookie(visitor, language, page):
    answer = visitor.get(f"/{language}/apply/{page}")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers


def test_an_application_is_kept_and_gives_a_code_of_which_only_a_hash_is_kept(session, visitor):
    code = CODE.search(send(visitor, OPEN).text)[1]
    row = one(session)
    assert row.status is ApplicationStatus.WAITING
    assert code not in {str(getattr(row, column.key)) for column in sa.inspect(Application).columns}


def test_nothing_of_an_application_is_in_the_directory(session, visitor):
    send(visitor, OPEN)
    assert session.scalar(sa.select(sa.func.count()).select_from(Organization)) == 0


def test_the_form_of_a_secret_place_has_no_field_for_a_street(visitor):
    page = visitor.get("/en/apply/secret").text
    assert 'name="address"' not in page
    assert 'name="municipality"' not in page


def test_a_street_that_is_sent_all_the_same_is_not_kept(session, visitor):
    send(visitor, SHELTER | {"address": "4321 rue Introuvable"}, "secret")
    assert "Introuvable" not in one(session).answers


@pytest.mark.parametrize("field", ["description_fr", "name_fr", "why_trauma", "hours_en"])
def test_an_address_in_any_text_of_a_secret_place_is_refused(session, visitor, field):
    answer = send(visitor, SHELTER | {field: "Au 4321 rue Introuvable"}, "secret")
    assert answer.status_code == 422
    assert session.scalar(sa.select(sa.func.count()).select_from(Application)) == 0


def test_a_shelter_is_not_taken_by_the_form_of_a_known_place(session, visitor):
    assert send(visitor, SHELTER | {"address": "4321 rue Introuvable"}).status_code == 422
    assert session.scalar(sa.select(sa.func.count()).select_from(Application)) == 0


@ON_ONE_BACKEND
@pytest.mark.parametrize(
    "missing", ["name_fr", "service_fr", "categories", "consent", "contact_email", "is_trauma"]
)
def test_what_is_needed_is_asked_again(visitor, missing):
    assert send(visitor, {name: value for name, value in OPEN.items() if name != missing}).status_code == 422


def test_to_explain_needs_an_explanation(visitor):
    assert send(visitor, OPEN | {"is_licensed": "explain"}).status_code == 422
    assert send(visitor, OPEN | {"is_licensed": "explain", "why_licensed": "En cours."}).status_code == 200


def test_a_form_that_another_site_sends_is_refused(visitor):
    assert send(visitor, OPEN, **{"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_a_house_may_send_several_but_a_flood_is_put_off(visitor):
    answers = [send(visitor, OPEN).status_code for _ in range(31)]
    assert answers[:30] == [200] * 30
    assert answers[30] == 429


def test_the_code_shows_the_state_however_it_is_typed(visitor):
    code = CODE.search(send(visitor, OPEN).text)[1]
    page = visitor.post("/en/apply/state", data={"code": code.lower().replace("-", " ")}).text
    assert "Our team has it" in page


def test_a_code_that_is_none_is_said_to_be_none(visitor):
    assert "There is no request of that code." in visitor.post("/en/apply/state", data={"code": "AAAA"}).text


def test_vetters_see_it_in_the_queue(session, visitor, vetter):
    send(visitor, OPEN)
    session.rollback()
    entries = read_queue(session, Viewer(Actor("x"), now())).entries
    assert [entry.kind for entry in entries] == [QueueKind.APPLICATION]
    assert "Organisme Exemple neuf" in vetter.get("/fr/vetting/queue").text


def test_only_vetters_read_and_decide(session, visitor, people, browser_of):
    send(visitor, OPEN)
    row = one(session)
    lead = browser_of(people.lead())
    assert lead.get(f"/en/vetting/applications/{row.id}").status_code == 404
    assert act(lead, row, "accept").status_code == 404
    assert act(lead, row, "refuse", reason="trauma").status_code == 404


def test_a_question_is_asked_by_a_letter_that_does_not_hold_it_and_answered_by_the_code(
    session, visitor, vetter, letters
):
    code = CODE.search(send(visitor, OPEN).text)[1]
    act(vetter, one(session), "ask", question="Qui recevez-vous ?")
    (letter,) = letters("application_news")
    assert "Qui recevez-vous" not in letter
    assert code not in letter
    assert "Qui recevez-vous" in visitor.post("/en/apply/state", data={"code": code}).text
    visitor.post("/en/apply/state", data={"code": code, "reply": "Toutes.", "answers": "1"})
    assert (one(session).status, one(session).reply) == (ApplicationStatus.WAITING, "Toutes.")


def test_a_refusal_names_the_criterion(session, visitor, vetter):
    code = CODE.search(send(visitor, OPEN).text)[1]
    act(vetter, one(session), "refuse", reason="trauma")
    page = visitor.post("/en/apply/state", data={"code": code}).text
    assert "Not accepted." in page
    assert "trained about trauma" in page


def test_a_refusal_without_a_published_reason_is_none(session, visitor, vetter):
    send(visitor, OPEN)
    assert act(vetter, one(session), "refuse", reason="because").status_code == 422
    assert one(session).status is ApplicationStatus.WAITING


def test_accepting_makes_a_candidate_with_its_history_and_invites_its_lead(session, visitor, vetter, letters):
    send(visitor, OPEN)
    assert act(vetter, one(session), "accept").status_code == 303
    session.rollback()
    service = session.scalars(sa.select(Service)).one()
    proposal = session.scalars(sa.select(Proposal)).one()
    invitation = session.scalars(sa.select(Invitation)).one()

    assert (service.trust, service.name.en, service.organization.name.fr) == (
        Trust.CANDIDATE,
        "Example Listening",
        "Organisme Exemple neuf",
    )
    assert proposal.status is ProposalStatus.DECIDED
    assert {each.proposal_id for each in session.scalars(sa.select(FieldChange))} == {proposal.id}
    assert (invitation.role, invitation.organization_id) == (Role.ORGANIZATION_LEAD, service.organization_id)
    assert len(letters("invitation")) == 1
    assert session.scalars(sa.select(Location)).one().address_1 == "1 rue Exemple"


def test_a_confidential_place_needs_two_people(session, visitor, vetter, other_vetter):
    send(visitor, SHELTER, "secret")
    row = one(session)
    for _ in range(2):
        act(vetter, row, "accept")
        assert session.scalar(sa.select(sa.func.count()).select_from(Service)) == 0
    act(other_vetter, row, "accept")
    session.rollback()
    place = session.scalars(sa.select(Location)).one()
    assert (place.confidential, place.region_code, place.municipality) == (True, "06", None)


def test_whoever_decides_second_is_told(session, visitor, vetter, other_vetter):
    send(visitor, OPEN)
    act(vetter, one(session), "accept")
    assert act(other_vetter, one(session), "refuse", reason="trauma").status_code == 409
    assert session.scalar(sa.select(sa.func.count()).select_from(Service)) == 1


def test_what_looks_like_a_listing_is_said(session, visitor, vetter, tmp_path):
    with writing(session):
        import_catalogue(session, write_services(tmp_path, make_row(1)), "Exemple")
    send(visitor, OPEN | {"name_fr": "Organisme Exemple 1", "phone": "514-555-0123"})
    page = vetter.get(f"/en/vetting/applications/{one(session).id}").text
    assert "Perhaps it is listed already" in page


def test_what_is_typed_is_shown_as_text(session, visitor, vetter):
    send(visitor, OPEN | {"description_fr": "<script>alert(1)</script>"})
    assert "<script>alert" not in vetter.get(f"/en/vetting/applications/{one(session).id}").text


@pytest.mark.parametrize(("days", "left"), [(89, 1), (91, 0)])
def test_a_question_that_nobody_answers_is_deleted_after_90_days(session, visitor, vetter, days, left):
    send(visitor, OPEN)
    act(vetter, one(session), "ask", question="Qui recevez-vous ?")
    forget_old(now() + timedelta(days=days))
    session.rollback()
    assert session.scalar(sa.select(sa.func.count()).select_from(Application)) == left


def test_what_waits_for_us_is_not_deleted(session, visitor):
    send(visitor, OPEN)
    forget_old(now() + timedelta(days=400))
    assert one(session)


def test_each_act_is_recorded_without_content(session, visitor, vetter, events):
    send(visitor, OPEN)
    act(vetter, one(session), "refuse", reason="trauma")
    found = [each for each in events("create", "change") if each[1] == "application"]
    assert found == [("create", "application", None), ("change", "application", "Robin Exemple")]
