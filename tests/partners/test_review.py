"""Proposals as vetters look at them, over pages; what is proposed is fictional."""

from __future__ import annotations

import re
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from referral.access.policy import Actor, Role
from referral.catalogue import changes
from referral.catalogue.change_models import FieldChange, Proposal, ProposalStatus, Via
from referral.catalogue.changes import Author
from referral.catalogue.fields import Ages
from referral.catalogue.listing import PhoneNumber, Text
from referral.catalogue.models import Service, TaxonomyTerm, Verification
from referral.catalogue.trust import Trust
from referral.catalogue.values import read_values
from referral.catalogue.vetting_models import ProposalCall, VerificationDetail
from referral.mail.models import Outbox
from referral.partners.review_forms import CRITERIA
from referral.partners.reviewing import diff
from referral.shared.bilingual import Bilingual
from referral.shared.clock import now
from referral.shared.database import writing
from tests.edition.conftest import Directory, build
from tests.partners.vetters import SHELTER, change_of, count, fresh_reader, plain, propose, read, seat

__all__ = ["build", "fresh_reader"]
NEW_NUMBER = (PhoneNumber("+15145550199"),)
YES = {"outcome": "reached", "spoken_to": "reception"}


@pytest.fixture
def service(app, session, build):
    made = Directory(session).add("Écoute Exemple", description=Bilingual("Un texte.", "A text."))
    build()
    return made


@pytest.fixture
def shelter(session):
    return Directory(session).add("Maison Exemple", **SHELTER)


@pytest.fixture
def desk(app, session):
    return seat(app, session)


@pytest.fixture
def second(app, session):
    return seat(app, session, "Andréa Exemple")


def agree(desk, session, proposal_id, **more):
    return desk.post(f"/proposals/{proposal_id}/decide", {**seen(desk, proposal_id), "act": "all", **more})


def seen(desk, proposal_id):
    text = desk.get(f"/proposals/{proposal_id}").text
    return dict(re.findall(r'name="(seen-[^"]+)" value="([^"]+)"', text))


def value(session, service, name):
    session.rollback()
    return read_values(session, session.get(Service, service.id, populate_existing=True))[name]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_proposal_shows_what_is_and_what_would_be(session, service, desk, language):
    proposal_id = propose(
        session, service, note="Nous avons changé.", description=Text("Un autre texte.", "A text.")
    )
    text = plain(desk.get(f"/proposals/{proposal_id}", language).text)

    assert "Un texte." in text
    assert "Un nouveau : autre texte." in text or "autre texte." in text
    assert "Nous avons changé." in text
    assert "Camille Exemple" in text


def test_words_that_differ_are_marked_without_colour(session, service, desk):
    proposal_id = propose(session, service, description=Text("Un autre texte.", "A text."))

    assert re.search(
        r"<ins><span class=\"unseen\">[^<]+</span>\s*autre", desk.get(f"/proposals/{proposal_id}").text
    )


def test_only_the_words_that_differ_are_marked():
    old, new = diff("ouvert le lundi soir", "ouvert le mardi soir")

    assert [piece.text for piece in old if piece.differs] == ["lundi"]
    assert [piece.text for piece in new if piece.differs] == ["mardi"]
    assert "".join(piece.text for piece in new) == "ouvert le mardi soir"


def test_what_a_vetter_agrees_to_is_shown_to_readers(app, client, session, service, desk):
    proposal_id = propose(session, service, description=Text("Un autre texte.", "A text."))
    answer = agree(desk, session, proposal_id)

    assert answer.status_code == 303
    assert "Un autre texte." in client.get(f"/fr/services/{service.id}").text


def test_the_number_to_call_is_the_one_listed_before(session, service, desk):
    proposal_id = propose(session, service, phones=NEW_NUMBER)
    text = desk.get(f"/proposals/{proposal_id}").text
    section = text[text.index('aria-labelledby="call-title"') :].partition("</section>")[0]

    assert "tel:+15145550100" in section
    assert "tel:+15145550199" not in text


def test_a_number_cannot_be_agreed_to_before_the_call(session, service, desk):
    proposal_id = propose(session, service, phones=NEW_NUMBER)
    answer = agree(desk, session, proposal_id)

    assert answer.status_code == 422
    assert value(session, service, "phones") != NEW_NUMBER


def test_after_the_call_a_number_can_be_agreed_to(session, service, desk):
    proposal_id = propose(session, service, phones=NEW_NUMBER)
    desk.post(f"/proposals/{proposal_id}/call", YES)
    agree(desk, session, proposal_id)

    assert value(session, service, "phones") == NEW_NUMBER


@pytest.mark.parametrize("outcome", ["no-answer", "says-no"])
def test_a_call_that_confirms_nothing_lets_nothing_through(session, service, desk, outcome):
    proposal_id = propose(session, service, phones=NEW_NUMBER)
    desk.post(f"/proposals/{proposal_id}/call", {"outcome": outcome, "spoken_to": "worker"})

    assert agree(desk, session, proposal_id).status_code == 422
    assert count(session, ProposalCall) == 1


def test_a_no_takes_back_an_earlier_yes(session, service, desk):
    proposal_id = propose(session, service, phones=NEW_NUMBER)
    desk.post(f"/proposals/{proposal_id}/call", YES)
    desk.post(f"/proposals/{proposal_id}/call", {"outcome": "says-no", "spoken_to": "coordination"})

    assert agree(desk, session, proposal_id).status_code == 422


def test_a_call_that_was_answered_says_by_whom(session, service, desk):
    proposal_id = propose(session, service, phones=NEW_NUMBER)
    answer = desk.post(f"/proposals/{proposal_id}/call", {"outcome": "reached"})

    assert answer.status_code == 422
    assert count(session, ProposalCall) == 0


def test_the_number_of_a_call_never_comes_from_the_form(session, service, desk):
    proposal_id = propose(session, service, phones=NEW_NUMBER)
    desk.post(f"/proposals/{proposal_id}/call", {**YES, "number": "+15145550199"})

    assert session.scalars(sa.select(ProposalCall.number)).all() == ["+15145550100"]


def test_without_a_number_two_people_must_agree_and_the_page_says_why(session, service, desk, second):
    session.rollback()
    with writing(session):
        session.get_one(Service, service.id).phones.clear()
        session.get_one(Service, service.id).email = "aide@exemple.example"
    proposal_id = propose(session, service, phones=NEW_NUMBER)

    assert "personne ne peut être joint" in plain(desk.get(f"/proposals/{proposal_id}").text)
    agree(desk, session, proposal_id)
    assert value(session, service, "phones") == ()
    agree(second, session, proposal_id)
    assert value(session, service, "phones") == NEW_NUMBER


def test_a_confidential_listing_takes_two_people(session, shelter, desk, second):
    proposal_id = propose(session, shelter, ages=Ages(16))
    agree(desk, session, proposal_id)
    agree(desk, session, proposal_id)
    assert value(session, shelter, "ages") == Ages()

    agree(second, session, proposal_id)
    assert value(session, shelter, "ages") == Ages(16)


def test_whoever_proposed_is_neither_of_the_two(session, shelter, desk, second):
    proposal_id = propose(session, shelter, actor=desk.actor, via=Via.VETTER, ages=Ages(16))
    agree(desk, session, proposal_id)
    agree(second, session, proposal_id)

    assert value(session, shelter, "ages") == Ages()


def test_the_second_person_who_corrects_is_the_first_for_what_she_corrected(session, shelter, desk, second):
    proposal_id = propose(session, shelter, name=Text("Maison Exemple un", None))
    agree(desk, session, proposal_id)
    key = change_of(session, proposal_id).id
    correct = {"act": "by-field", f"verdict-{key}": "correct", f"fr-{key}": "Maison Exemple deux"}
    second.post(f"/proposals/{proposal_id}/decide", {**seen(second, proposal_id), **correct})

    assert value(session, shelter, "name") == Text("Maison Exemple", None)


def test_a_field_is_agreed_to_as_corrected(session, service, desk):
    proposal_id = propose(session, service, description=Text("Un autre texte.", "A text."))
    key = change_of(session, proposal_id).id
    correct = {
        "act": "by-field",
        f"verdict-{key}": "correct",
        f"fr-{key}": "Un texte corrigé.",
        f"en-{key}": "A corrected text.",
    }
    desk.post(f"/proposals/{proposal_id}/decide", {**seen(desk, proposal_id), **correct})

    assert value(session, service, "description") == Text("Un texte corrigé.", "A corrected text.")


def test_a_correction_that_is_no_number_is_said_to_be_none(session, service, desk):
    proposal_id = propose(session, service, phones=NEW_NUMBER)
    desk.post(f"/proposals/{proposal_id}/call", YES)
    key = change_of(session, proposal_id).id
    answer = desk.post(
        f"/proposals/{proposal_id}/decide",
        {
            **seen(desk, proposal_id),
            "act": "by-field",
            f"verdict-{key}": "correct",
            f"line-{key}": "quatorze",
        },
    )

    assert answer.status_code == 422
    assert "quatorze" in answer.text


def test_fields_are_decided_one_by_one(session, service, desk):
    proposal_id = propose(session, service, ages=Ages(16), cost="free")
    session.rollback()
    keys = {each.field: each.id for each in session.get(Proposal, proposal_id).changes}
    desk.post(
        f"/proposals/{proposal_id}/decide",
        {
            **seen(desk, proposal_id),
            "act": "by-field",
            f"verdict-{keys['ages']}": "approve",
            f"verdict-{keys['cost']}": "refuse",
        },
    )

    assert (value(session, service, "ages"), value(session, service, "cost")) == (Ages(16), None)
    assert read(session, Proposal, proposal_id).status is ProposalStatus.DECIDED


def test_what_changed_since_must_have_been_looked_at(session, service, desk):
    proposal_id = propose(session, service, ages=Ages(16))
    fields = seen(desk, proposal_id)
    session.rollback()
    with writing(session):
        kept = session.get_one(Service, service.id)
        changes.apply_values(session, kept, {"ages": Ages(12)}, Author(Actor("Alex"), Via.VETTER), now())
    answer = desk.post(f"/proposals/{proposal_id}/decide", {**fields, "act": "all"})

    assert answer.status_code == 409
    assert "12" in answer.text
    assert agree(desk, session, proposal_id).status_code == 303
    assert value(session, service, "ages") == Ages(16)


def test_whoever_decides_second_is_told_by_whom_it_was_decided(session, service, desk, second):
    proposal_id = propose(session, service, ages=Ages(16))
    fields = seen(second, proposal_id)
    agree(desk, session, proposal_id)
    answer = second.post(f"/proposals/{proposal_id}/decide", {**fields, "act": "all"})

    assert answer.status_code == 409
    assert "Robin Exemple" in plain(answer.text)


def test_a_proposal_goes_back_with_words_only(session, service, desk):
    proposal_id = propose(session, service, ages=Ages(16))

    assert desk.post(f"/proposals/{proposal_id}/decide", {"act": "back"}).status_code == 422
    desk.post(f"/proposals/{proposal_id}/decide", {"act": "back", "note": "Quel âge, au juste?"})
    proposal = read(session, Proposal, proposal_id)
    assert (proposal.status, proposal.reply) == (ProposalStatus.SENT_BACK, "Quel âge, au juste?")


@pytest.mark.parametrize("fields", [{"act": "back", "note": "Quel âge?"}, {"act": "all", "note": "Merci."}])
def test_whoever_proposed_is_told_by_a_letter_without_words(app, session, service, desk, fields):
    editor = seat(
        app,
        session,
        "Camille Exemple",
        Role.PARTNER_EDITOR,
        service.organization_id,
        email="boite@exemple.example",
    )
    proposal_id = propose(session, service, actor=editor.actor, ages=Ages(16))
    desk.post(f"/proposals/{proposal_id}/decide", {**seen(desk, proposal_id), **fields})
    session.rollback()

    assert count(session, Outbox) == 1
    page = plain(editor.get(f"/fr/listings/changes/{proposal_id}").text)
    assert fields["note"] in page


@pytest.mark.parametrize("role", [Role.PARTNER_EDITOR, Role.ORGANIZATION_LEAD, Role.INTAKE_WORKER])
def test_nobody_of_an_organization_decides(app, session, service, role):
    editor = seat(app, session, "Camille Exemple", role, service.organization_id)
    proposal_id = propose(session, service, actor=editor.actor, ages=Ages(16))
    paths = [
        f"/proposals/{proposal_id}/decide",
        f"/proposals/{proposal_id}/call",
        f"/services/{service.id}/step",
    ]

    assert editor.get(f"/proposals/{proposal_id}").status_code == 404
    assert [editor.post(path, {"act": "all", **YES}).status_code for path in paths] == [404] * 3
    assert value(session, service, "ages") == Ages()


def test_a_proposal_that_is_none_is_not_found(desk, service):
    nobody = uuid.uuid4()

    assert desk.get(f"/proposals/{nobody}").status_code == 404
    assert desk.post(f"/proposals/{nobody}/decide", {"act": "all"}).status_code == 404


def step(desk, service, **fields):
    shown = re.search(r'name="shown"[^>]*value="([^"]*)"', desk.get(f"/services/{service.id}/step").text)[1]
    usual = {"wanted": "verified", "method": "phone", "spoken_to": "coordination", "outcome": "as-shown"}
    return desk.post(f"/services/{service.id}/step", {"shown": shown, **usual, **fields})


def test_a_verification_confirms_and_says_how_and_with_whom(session, service, desk):
    assert step(desk, service).status_code == 303
    kept = read(session, Service, service.id)
    (detail,) = session.scalars(sa.select(VerificationDetail))

    assert (kept.trust, detail.spoken_to) == (Trust.VERIFIED, "coordination")
    assert kept.assured_date is not None


def test_agreeing_to_a_change_confirms_nothing(session, service, desk):
    agree(desk, session, propose(session, service, ages=Ages(16)))

    assert read(session, Service, service.id).trust is Trust.SOURCED


@pytest.mark.parametrize(
    "fields",
    [
        {"wanted": "vetted"},
        {"wanted": "nonsense"},
        {"method": "import"},
        {"spoken_to": ""},
        {"outcome": "closed"},
        {"wanted": "retired", "outcome": "as-shown"},
    ],
)
def test_a_step_that_does_not_hold_together_is_not_taken(session, service, desk, fields):
    assert step(desk, service, **fields).status_code == 422
    assert read(session, Service, service.id).trust is Trust.SOURCED


def test_vetted_needs_every_criterion(session, service, desk):
    step(desk, service)
    some = list(CRITERIA)[:-1]
    assert step(desk, service, wanted="vetted", criteria=some).status_code == 422

    assert step(desk, service, wanted="vetted", criteria=list(CRITERIA)).status_code == 303
    assert read(session, Service, service.id).trust is Trust.VETTED


def test_a_step_that_somebody_else_took_first_is_not_taken_over(session, service, desk):
    assert step(desk, service, shown="contacted").status_code == 409
    assert count(session, Verification) == 0


def test_what_is_retired_is_shown_no_more(app, client, session, service, desk):
    step(desk, service, wanted="retired", outcome="unsafe")

    assert client.get(f"/fr/services/{service.id}").status_code == 404


def test_of_two_people_at_once_only_one_decides(app, session, service, desk, second):
    proposal_id = propose(session, service, ages=Ages(16))
    forms = {each: {**seen(each, proposal_id), "csrf_token": each.person.token()} for each in (desk, second)}
    session.rollback()
    path = f"/fr/vetting/proposals/{proposal_id}/decide"

    def press(each):
        return each.person.browser.post(path, data={**forms[each], "act": "all"}).status_code

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(press, (desk, second)))

    assert answers == [303, 409]
    session.rollback()
    assert session.query(FieldChange).count() == 1


def test_a_merge_and_a_decision_at_once_wait_for_each_other(app, session, service, desk, second):
    other = Directory(session, terms={("categories", "legal_aid"): session.query(TaxonomyTerm).one()}).add(
        "Autre"
    )
    ids = service.id, other.id
    proposal_id = propose(session, other, ages=Ages(16))
    forms = {each: {"csrf_token": each.person.token()} for each in (desk, second)}
    forms[desk] |= seen(desk, proposal_id)
    session.rollback()

    def press(each):
        path = f"proposals/{proposal_id}/decide" if each is desk else f"pairs/{ids[0]}/{ids[1]}/merge"
        return each.person.browser.post(f"/fr/vetting/{path}", data={**forms[each], "act": "all"}).status_code

    with ThreadPoolExecutor(2) as pool:
        answers = set(pool.map(press, (desk, second)))

    assert answers <= {303, 409}
    assert 303 in answers
