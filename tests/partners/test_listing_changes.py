"""Changing a listing without JavaScript: what counts at once, what waits, what two people do."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
import sqlalchemy as sa
import time_machine

from referral.access.policy import Actor, Role
from referral.catalogue import changes
from referral.catalogue.change_models import ListingDraft, Proposal, ProposalStatus, ServiceForWorkers
from referral.catalogue.changes import Author, Via
from referral.catalogue.fields import Hours
from referral.catalogue.listing import PhoneNumber
from referral.catalogue.models import Service
from referral.edition.readers import FOLDER, ReaderNote
from referral.shared.database import writing
from tests.conftest import ON_ONE_BACKEND
from tests.partners.keeping import make_keeper, read_form
from tests.security.people import make_organization

NOON = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
VETTER = Actor("Dominique Exemple")
NEW = {"phones__0__number": "514 555-0177"}
WEEK = {"openings__0__opens": "20:00", "openings__0__closes": "02:00", "openings__0__days": "MO"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def keeper(app, session, clock):
    return make_keeper(app, session)


def proposals(keeper):
    keeper.session.rollback()
    return keeper.session.scalars(sa.select(Proposal).order_by(Proposal.proposed_at)).all()


def test_a_form_that_nobody_touched_changes_nothing(keeper):
    answer = keeper.send(keeper.form())

    assert answer.status_code == 303
    assert proposals(keeper) == []
    assert "already says all of this" in keeper.get().text


def test_hours_are_public_at_once(keeper):
    answer = keeper.send(keeper.form(), **WEEK)

    page = keeper.editor.browser.get(answer.location).text
    assert "Shown already" in page
    assert "Hours" in page
    assert "8:00\u00a0pm to 2:00\u00a0am" in keeper.public()


def test_a_phone_waits_for_a_call_and_readers_keep_the_old_one(keeper):
    answer = keeper.send(keeper.form(), **NEW)

    page = keeper.editor.browser.get(answer.location).text
    assert "first calls the number listed now" in page
    assert keeper.values()["phones"] == (PhoneNumber("+15145550100"),)
    assert "555-0177" not in keeper.public()
    assert [change.field for change in proposals(keeper)[0].changes] == ["phones"]


def test_what_becomes_of_a_change_is_said_beside_each_part(keeper):
    page = keeper.get("/edit").text

    assert page.count("Our team first calls the number listed now, then shows it.") == 5
    assert page.count("Shown at once.") == 2


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_form_opens_in_both_languages(keeper, language):
    answer = keeper.editor.browser.get(f"/{language}/listings/services/{keeper.id}/edit")

    assert answer.status_code == 200


@ON_ONE_BACKEND
@pytest.mark.parametrize("group", ["phones", "openings", "days", "languages", "documents"])
def test_one_more_row_keeps_what_is_typed(keeper, group):
    fields = keeper.form()

    answer = keeper.send(fields, do=f"add-{group}", name_en="Example Listening")

    again = read_form(answer.text)
    assert again["name_en"] == "Example Listening"
    assert len(list(again.keys())) > len(list(fields.keys()))


def test_every_wrong_field_is_named_and_what_was_typed_comes_back(keeper):
    answer = keeper.send(keeper.form(), phones__0__number="514 55", age_min="seize", name_en="Example")

    assert answer.status_code == 422
    assert 'href="#phones-0-number"' in answer.text
    assert 'href="#age_min"' in answer.text
    again = read_form(answer.text)
    assert (again["phones-0-number"], again["age_min"], again["name_en"]) == ("514 55", "seize", "Example")


def test_what_only_the_rules_can_tell_is_named_too(keeper):
    answer = keeper.send(keeper.form(), name_fr="", name_en="Example", website="exemple")

    assert answer.status_code == 422
    assert 'href="#f-name"' in answer.text
    assert 'href="#f-website"' in answer.text
    assert proposals(keeper) == []


def test_a_listing_keeps_a_way_to_reach_it(keeper):
    answer = keeper.send(keeper.form(), phones__0__number="")

    assert answer.status_code == 422
    assert 'href="#f-phones"' in answer.text


def test_whom_workers_call_is_never_public(keeper):
    keeper.send(keeper.form(), lacks_fr="Des lits", workers_fr="Demandez Sacha")
    change = next(each for each in proposals(keeper)[0].changes if each.field == "for_workers")
    with writing(keeper.session):
        keeper.session.add(change)
        changes.note_call(change, "+15145550100", VETTER, NOON)
        changes.approve(keeper.session, change, VETTER, NOON)

    assert keeper.session.get(ServiceForWorkers, keeper.id).description.fr == "Demandez Sacha"
    assert "Demandez Sacha" in keeper.get().text
    assert "Demandez Sacha" not in keeper.public("fr")
    assert "Des lits" not in keeper.public("fr")


def test_the_longest_texts_in_both_languages_are_taken(keeper):
    long = "é" * 2000
    texts = {
        f"{name}_{language}": long
        for name in ("description", "hours", "workers")
        for language in ("fr", "en")
    }

    assert keeper.send(keeper.form(), **texts).status_code == 303
    assert keeper.values()["hours"].description.fr == long


# Two people at once


def change_as_other(keeper, **values):
    with writing(keeper.session):
        service = keeper.session.get_one(Service, keeper.id)
        author = Author(Actor("Sacha Exemple"), Via.ACCOUNT)
        changes.apply_values(keeper.session, service, values, author, NOON)


def test_whoever_sends_second_sees_both_versions_and_loses_nothing(keeper):
    fields = keeper.form()
    change_as_other(keeper, hours=Hours(always_open=True))

    answer = keeper.send(fields, **WEEK, name_en="Example Listening")

    assert answer.status_code == 409
    assert "Open 24 hours a day" in answer.text
    assert keeper.values()["hours"] == Hours(always_open=True)
    again = read_form(answer.text)
    assert (again["openings-0-opens"], again["name_en"]) == ("20:00", "Example Listening")


def test_having_seen_both_one_may_send(keeper):
    fields = keeper.form()
    change_as_other(keeper, hours=Hours(always_open=True))
    again = read_form(keeper.send(fields, **WEEK).text)

    assert keeper.send(again).status_code == 303
    assert len(keeper.values()["hours"].openings) == 1


def test_what_only_the_other_changed_stays(keeper):
    fields = keeper.form()
    change_as_other(keeper, hours=Hours(always_open=True))

    again = read_form(keeper.send(fields, description_fr="Une écoute").text)
    keeper.send(again)

    assert keeper.values()["hours"] == Hours(always_open=True)
    assert [change.field for change in proposals(keeper)[0].changes] == ["description"]


# Drafts


def drafts(keeper):
    keeper.session.rollback()
    return keeper.session.scalars(sa.select(ListingDraft)).all()


def test_a_draft_is_kept_offered_and_gone_when_sent(keeper):
    keeper.send(keeper.form(), do="draft", description_fr="À finir")

    assert "Go on with the draft" in keeper.get("/edit").text
    fields = keeper.form("/edit?draft=1")
    assert fields["description_fr"] == "À finir"
    keeper.send(fields)
    assert drafts(keeper) == []
    assert len(proposals(keeper)) == 1


def test_a_draft_is_kept_as_one_types(keeper):
    fields = keeper.form()
    fields["description_fr"] = "À moitié"

    assert keeper.editor.browser.post(f"{keeper.root}/draft", data=fields).status_code == 204
    assert "À moitié" in drafts(keeper)[0].typed
    assert fields["csrf_token"] not in drafts(keeper)[0].typed


def test_a_draft_of_what_is_wrong_is_kept_too(keeper):
    keeper.send(keeper.form(), do="draft", phones__0__number="514 5")

    assert keeper.form("/edit?draft=1")["phones-0-number"] == "514 5"


def test_a_draft_begun_on_an_older_version_says_so(keeper):
    keeper.send(keeper.form(), do="draft", description_fr="À finir")
    change_as_other(keeper, hours=Hours(always_open=True))

    assert "was changed since you began this draft" in keeper.get("/edit?draft=1").text


def test_nobody_reads_the_draft_of_another(keeper):
    keeper.send(keeper.form(), do="draft", description_fr="À finir")
    other = keeper.person(Role.PARTNER_EDITOR)

    assert "À finir" not in keeper.get("/edit?draft=1", other).text


def test_a_draft_can_be_deleted(keeper):
    keeper.send(keeper.form(), do="draft", description_fr="À finir")

    keeper.editor.post(f"{keeper.root}/draft/delete")

    assert drafts(keeper) == []


# Preview


def test_a_preview_shows_both_sides_and_sends_nothing(keeper):
    answer = keeper.send(keeper.form(), do="preview", workers_fr="Demandez Sacha", **NEW)

    assert answer.status_code == 200
    public, workers = answer.text.split("What workers would see besides")
    assert "555-0177" in public
    assert "Demandez Sacha" in workers
    assert proposals(keeper) == []
    assert "555-0177" not in keeper.public()


def test_one_goes_on_changing_after_a_preview(keeper):
    answer = keeper.send(keeper.form(), do="edit", name_en="Example Listening")

    assert read_form(answer.text)["name_en"] == "Example Listening"


# One's own proposals


def send_back(keeper, reply="Quel est le bon numéro ?"):
    with writing(keeper.session):
        held = keeper.session.get_one(Proposal, proposals_id(keeper))
        changes.send_back(keeper.session, held, VETTER, NOON, reply)


def proposals_id(keeper):
    return keeper.session.scalars(sa.select(Proposal.id)).one()


def test_what_came_back_is_changed_with_what_was_proposed_and_replaces_it(keeper, clock):
    keeper.send(keeper.form(), **NEW, note="Nouvelle ligne")
    send_back(keeper)
    first = proposals(keeper)[0].id

    assert "Quel est le bon numéro ?" in keeper.editor.browser.get(f"/en/listings/changes/{first}").text
    fields = keeper.form(f"/edit?proposal={first}")
    assert fields["phones-0-number"] == "(514) 555-0177"
    clock.shift(timedelta(minutes=1))
    keeper.send(fields, phones__0__number="514 555-0188")

    assert [each.status for each in proposals(keeper)] == [ProposalStatus.TAKEN_BACK, ProposalStatus.WAITING]


def test_a_proposal_is_taken_back(keeper):
    keeper.send(keeper.form(), **NEW)
    path = f"/en/listings/changes/{proposals(keeper)[0].id}"

    keeper.editor.post(f"{path}/take-back")

    assert proposals(keeper)[0].status is ProposalStatus.TAKEN_BACK
    assert "Taken back" in keeper.editor.browser.get("/en/listings/changes").text


def test_what_was_decided_first_is_not_taken_back(keeper):
    keeper.send(keeper.form(), description_fr="Une écoute")
    with writing(keeper.session):
        held = keeper.session.scalars(sa.select(Proposal)).one()
        changes.approve(keeper.session, held.changes[0], VETTER, NOON)
        changes.close_if_decided(keeper.session, held, VETTER, NOON)

    keeper.editor.post(f"/en/listings/changes/{proposals(keeper)[0].id}/take-back")

    assert proposals(keeper)[0].status is ProposalStatus.DECIDED
    assert keeper.values()["description"].fr == "Une écoute"


def test_another_organization_finds_no_proposal(keeper, session):
    keeper.send(keeper.form(), **NEW)
    path = f"/en/listings/changes/{proposals(keeper)[0].id}"
    other = keeper.person(Role.ORGANIZATION_LEAD, make_organization(session))

    assert other.browser.get(path).status_code == 404
    assert other.post(f"{path}/take-back").status_code == 404
    assert "Écoute" not in other.browser.get("/en/listings/changes").text


def test_sending_twice_proposes_nothing_new_of_what_is_at_once(keeper):
    fields = keeper.form()
    keeper.send(fields, **WEEK)

    answer = keeper.send(fields, **WEEK)

    assert answer.status_code in {303, 409}
    assert len(keeper.values()["hours"].openings) == 1


# Withdrawal


@pytest.fixture
def house(app, session, clock):
    place = {
        "confidential": False,
        "region_code": "06",
        "municipality": "Montréal",
        "address_1": "1, rue Exemple",
    }
    return make_keeper(app, session, location=place, name="Refuge Exemple")


def test_a_withdrawal_says_what_cannot_be_called_back(house):
    assert "cannot be called back" in house.get("/withdraw").text


def test_a_place_goes_from_readers_at_once(house):
    assert "rue Exemple" in house.public()

    answer = house.editor.post(f"{house.root}/withdraw", kind="confidential")

    assert answer.status_code == 303
    assert "rue Exemple" not in house.public()
    assert "Gone everywhere" in house.editor.browser.get(answer.location).text


def test_a_whole_listing_goes_at_once(house):
    house.editor.post(f"{house.root}/withdraw", kind="closed")

    assert house.app.test_client().get(f"/en/services/{house.id}").status_code == 404


def test_a_reader_that_has_not_let_go_is_named(house, app):

    note = ReaderNote("serveur-exemple-1", "serveur-exemple", 1, 0, NOON)
    (app.config["EDITION_DIR"] / FOLDER).mkdir(exist_ok=True)
    (app.config["EDITION_DIR"] / FOLDER / f"{note.name}.json").write_bytes(msgspec.json.encode(note))

    answer = house.editor.post(f"{house.root}/withdraw", kind="confidential")

    page = house.editor.browser.get(answer.location).text
    assert "Not gone everywhere yet" in page
    assert "serveur-exemple-1" in page


def test_a_withdrawal_asks_who_one_is_once_more(house, clock):
    clock.shift(timedelta(minutes=20))
    house.get()

    answer = house.get("/withdraw")

    assert answer.status_code == 303
    assert "/account/confirm" in answer.location


def test_nothing_is_withdrawn_without_a_choice(house):
    assert house.editor.post(f"{house.root}/withdraw").status_code == 422
    assert "rue Exemple" in house.public()


def test_no_page_has_the_name_of_a_listing_in_its_title(house):
    for path in ("", "/edit", "/history", "/withdraw", "/sent"):
        title = re.search(r"<title>(.*?)</title>", house.get(path).text, re.DOTALL)[1]
        assert "Refuge" not in title
