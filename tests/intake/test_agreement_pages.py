from __future__ import annotations

import hashlib

import pytest
from flask_babel import force_locale
from sqlalchemy.exc import OperationalError

from referral.access.policy import Role
from referral.intake import agreements
from referral.intake.agreement_terms import TEXTS
from referral.shared.clock import now
from referral.shared.database import cases_session
from tests.conftest import ON_ONE_BACKEND
from tests.intake.filing import enter, make_actor, make_agreement, make_house

LIST, NEW = "/fr/cases/agreements", "/fr/cases/agreements/new"


@pytest.fixture
def other(session):
    return make_house(session, "Refuge Exemple")


@pytest.fixture
def lead(app, client, session, house):
    return enter(app, session, house.lead)


@pytest.fixture
def other_lead(app, client, session, other):
    return enter(app, session, other.lead)


@pytest.fixture
def enter_as(app, client, session, house):
    """Return what gives a browser to somebody of the house with one role."""
    return lambda role: enter(app, session, make_actor(session, house.id, "Dany Exemple", role))


def propose(person, partner, **more):
    fields = {"other": str(partner.id), "approver": "Direction générale", "agrees": "y"}
    return person.post(NEW, **{**fields, **more})


def in_force(house, other):
    cases_session().rollback()
    return agreements.agreement_in_force(cases_session(), house.id, other.id, now())


def test_two_leads_sign_from_page_to_page(app, session, house, other, lead):
    answer = propose(lead, other, aggregates="sent")
    assert answer.status_code == 303
    assert not in_force(house, other)

    second = enter(app, session, other.lead)
    assert "Maison Exemple" in second.browser.get(LIST).text
    signed = second.post(f"{answer.location}/sign", approver="Coordination", agrees="y")

    assert signed.status_code == 303
    assert in_force(house, other)
    page = lead.browser.get(answer.location).text
    for text in ("Chloé Exemple", "Direction générale", "Coordination"):
        assert text in page


def test_what_waits_for_a_signature_is_counted_on_the_other_sides_account(app, session, other, lead):
    propose(lead, other)

    assert f'{LIST}">' in enter(app, session, other.lead).browser.get("/fr/account/").text
    assert agreements.count_to_sign(cases_session(), other.id) == 1


@ON_ONE_BACKEND
@pytest.mark.parametrize(
    "wrong",
    [{"agrees": ""}, {"approver": " "}, {"approver": "x" * 201}, {"other": "x"}, {"aggregates": "names"}],
)
def test_what_is_wrong_is_said_and_what_was_typed_comes_back(house, other, lead, wrong):
    answer = propose(lead, other, **{"approver": "Comité Exemple", **wrong})

    assert answer.status_code == 422
    assert "approver" in wrong or "Comité Exemple" in answer.text
    assert agreements.list_agreements(cases_session(), house.id) == []


def test_a_second_agreement_with_the_same_one_is_not_offered(house, other, lead):
    make_agreement(house, other)

    assert propose(lead, other).status_code == 422
    assert str(other.id) not in lead.browser.get(NEW).text


@pytest.mark.parametrize("which", ["house", "other"])
def test_either_lead_ends_it_at_once(lead, other_lead, house, other, which):
    made = make_agreement(house, other)
    person = lead if which == "house" else other_lead

    assert person.post(f"{LIST}/{made}/end").status_code == 303
    assert not in_force(house, other)


def test_ending_or_signing_twice_changes_nothing_and_is_no_fault(house, other, lead):
    made = make_agreement(house, other)
    lead.post(f"{LIST}/{made}/end")

    assert lead.post(f"{LIST}/{made}/end").status_code == 303
    assert lead.post(f"{LIST}/{made}/sign", approver="Direction", agrees="y").status_code == 303
    assert not in_force(house, other)


@pytest.mark.parametrize("role", [Role.INTAKE_WORKER, Role.PARTNER_EDITOR, Role.PRIVACY_OFFICER])
def test_who_does_not_lead_sees_and_signs_nothing(enter_as, house, other, role):
    made = make_agreement(house, other)
    person = enter_as(role)

    for path in (LIST, NEW, f"{LIST}/{made}"):
        assert person.browser.get(path).status_code == 404
    for path in (NEW, f"{LIST}/{made}/sign", f"{LIST}/{made}/end"):
        assert person.post(path, approver="x", agrees="y").status_code == 404
    assert in_force(house, other)


def test_the_lead_of_a_third_organization_sees_and_ends_nothing(app, client, session, house, other):
    made = make_agreement(house, other)
    stranger = enter(app, session, make_house(session, "Centre Exemple").lead)

    assert stranger.browser.get(f"{LIST}/{made}").status_code == 404
    assert stranger.post(f"{LIST}/{made}/end").status_code == 404
    assert "Maison Exemple" not in stranger.browser.get(LIST).text
    assert in_force(house, other)


@pytest.mark.parametrize("odd", ["\0", "x" * 20_000, "=1+1", "<b>"])
def test_odd_values_are_no_fault_of_ours(lead, other, odd):
    assert propose(lead, other, approver=odd, other=odd, aggregates=odd).status_code in {400, 413, 422}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_text_says_what_the_law_and_the_house_ask_for(house, other, lead, language):
    made = make_agreement(house, other)
    text = lead.browser.get(f"/{language}/cases/agreements/{made}").text
    wanted = {
        "en": (
            "Only the least",
            "Consent first",
            "Destroyed at the end",
            "within one day",
            "Only counts",
            "Both",
        ),
        "fr": ("strict nécessaire", "consentement d’abord", "détruit", "d’un jour", "comptes", "deux"),
    }

    assert [words for words in wanted[language] if words not in text] == []


def test_an_agreement_prints_as_a_paper_and_stays_in_no_cache(house, other, lead):
    answer = lead.browser.get(f"{LIST}/{make_agreement(house, other)}")

    assert "page--paper" in answer.text
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_account_stands_where_agreements_cannot_be_read(lead, monkeypatch):
    def fail(*_arguments):
        raise OperationalError("SELECT", {}, Exception("no database"))

    monkeypatch.setattr(agreements, "count_to_sign", fail)

    assert lead.browser.get("/fr/account/").status_code == 200


DIGESTS = {
    ("2026-11", "en"): "a2ff23a10ba0eb6b",
    ("2026-11", "fr"): "0e48a4afb2add23c",
}
"""Of what was signed. A test that fails here asks for a new version, not for a new digest."""


@pytest.mark.parametrize("version", TEXTS)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_text_that_can_have_been_signed_is_not_changed(app, session, version, language):
    with app.test_request_context(f"/{language}/"), force_locale(language):
        template = app.jinja_env.get_template(f"cases/agreement_text_{version}.html")
        text = " ".join(
            template.render(ours="A", theirs="B", counted=(), aggregates={}, approvers=()).split()
        )

    assert hashlib.sha256(text.encode()).hexdigest()[:16] == DIGESTS[version, language]
