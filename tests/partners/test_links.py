"""A link of a letter: what it opens, for whom and how long, and what it never does."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
import time_machine

from referral.access.policy import Role
from referral.audit.models import DIRECTORY_CHAIN
from referral.catalogue.models import Service, Verification
from referral.catalogue.trust import Method, Trust
from referral.edition.folder import EditionFolder
from referral.partners import links
from referral.partners.letters import SYSTEM
from referral.partners.round_jobs import run
from referral.partners.round_models import (
    ListingLink,
    Means,
    Outcome,
    Purpose,
    Reason,
    ReminderChoice,
    Stage,
)
from referral.partners.rounds import day_of
from referral.shared.clock import now
from referral.shared.database import DirectoryBase, writing
from tests.conftest import ON_ONE_BACKEND
from tests.edition.conftest import build
from tests.partners.rounding import VETTER, Places, links_in
from tests.partners.test_rounds import ago
from tests.security.people import make_user, sign_in

__all__ = ["build"]
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
DEAD = "This link serves no more"


@pytest.fixture
def places(session, build):
    return Places(session)


@pytest.fixture
def at(session):
    return now()


def in_english(path):
    return path.replace("/fr/", "/en/", 1)


def ask(places, at, **columns):
    """Return a listing that is due, and the paths of the two links of its letter, in English."""
    service = places.add(**{"assured": ago(at, 12), **columns})
    run(at)
    return service, *(in_english(each) for each in links_in(places.letters("listing_round")[-1]))


def make(places, service, purpose, at=None):
    """Make a link past all letters; returns the path of its page."""
    with writing(places.session) as session:
        _, token = links.make_link(session, service.organization_id, purpose, SYSTEM, at or now())
    return f"/en/link/{token}"


def form_token(client, path):
    return TOKEN.search(client.get(path).text)[1]


def send(client, path, action, **fields):
    """Send a form of a link's page."""
    return client.post(f"{path}/{action}", data={"csrf_token": form_token(client, path), **fields})


def confirm(client, path, service):
    return send(client, path, f"services/{service.id}/confirm")


def everything(session):
    """Return every row there is."""
    session.rollback()
    connection = session.connection(bind_arguments={"mapper": Service})
    return {
        table.name: sorted(map(str, connection.execute(sa.select(table))))
        for table in DirectoryBase.metadata.sorted_tables
    }


def verifications(places, service):
    places.session.rollback()
    statement = sa.select(Verification).where(Verification.service_id == service.id)
    return places.session.scalars(statement.order_by(Verification.occurred_at)).all()


def test_looking_changes_nothing_however_often_and_by_whatever_looks(client, places, at):
    _, *paths = ask(places, at)
    before = everything(places.session)

    for path in paths:
        for _ in range(3):
            assert client.get(path).status_code == 200
            assert client.head(path).status_code == 200
            assert client.options(path).status_code == 200
    assert everything(places.session) == before


def test_the_page_shows_the_listing_as_readers_see_it_and_what_is_old(client, places, at):
    _, path, _ = ask(places, at, name="Un service exemple")

    page = client.get(path).text

    assert "Un service exemple" in page
    assert "514" in page
    assert "To be confirmed again" in page


def test_the_page_has_no_cookie_and_leaves_no_trace(client, places, at):
    _, path, _ = ask(places, at)

    answer = client.get(path)

    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert '<meta name="robots" content="noindex' in answer.text


def test_the_page_is_not_compressed_since_it_holds_a_secret(client, places, at):
    _, path, _ = ask(places, at)

    assert "Content-Encoding" not in client.get(path, headers={"Accept-Encoding": "gzip"}).headers


def test_the_address_holds_only_a_token_that_the_database_does_not_have(places, at):
    service, path, other = ask(places, at)

    tokens = [each.rsplit("/", 1)[1] for each in (path, other)]
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", token) for token in tokens)
    stored = str(everything(places.session))
    assert not any(token in stored for token in tokens)
    assert str(service.organization_id) not in path


def test_nothing_has_changed_renews_what_was_verified_and_says_by_what(client, places, at):
    service, path, _ = ask(places, at)

    answer = confirm(client, path, service)

    assert answer.status_code == 303
    (step,) = verifications(places, service)
    assert (step.method, step.to_trust) == (Method.LINK, Trust.VERIFIED)
    assert places.session.get_one(Service, service.id).assured_date == day_of(now())
    assert (places.round_of(service).outcome, places.stage_of(service)) == (Outcome.CONFIRMED, Stage.ENDED)


@pytest.mark.parametrize("trust", [Trust.SOURCED, Trust.CONTACTED])
def test_a_link_never_makes_verified_what_was_not(client, places, at, trust):
    service, path, _ = ask(places, at, trust=trust)

    confirm(client, path, service)

    assert [each.to_trust for each in verifications(places, service)] == [Trust.CONTACTED]


def test_what_one_of_ours_suspended_meanwhile_stays_so(client, places, at):
    service, path, _ = ask(places, at)
    token = form_token(client, path)
    with writing(places.session):
        places.session.get_one(Service, service.id).trust = Trust.SUSPENDED

    answer = client.post(f"{path}/services/{service.id}/confirm", data={"csrf_token": token})

    assert answer.status_code == 409
    assert verifications(places, service) == []


def test_a_confirmation_is_published_at_once(client, places, at, app):
    service, path, _ = ask(places, at)

    confirm(client, path, service)

    assert EditionFolder(app.config["EDITION_DIR"]).current() is not None
    assert str(service.id) in client.get("/en/services").text


def test_it_counts_once_however_often_the_button_is_pressed(client, places, at):
    service, path, _ = ask(places, at)
    token = form_token(client, path)

    answers = [
        client.post(f"{path}/services/{service.id}/confirm", data={"csrf_token": token}).status_code
        for _ in range(3)
    ]

    assert answers == [303, 404, 404]
    assert len(verifications(places, service)) == 1


def test_two_people_at_once_count_once(app, client, places, at):
    service, path, _ = ask(places, at)
    token, address = form_token(client, path), f"{path}/services/{service.id}/confirm"
    together, answers = threading.Barrier(2), []

    def press():
        together.wait()
        with app.app_context():
            answers.append(app.test_client().post(address, data={"csrf_token": token}).status_code)

    places.session.rollback()
    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [303, 404]
    assert len(verifications(places, service)) == 1


def test_a_link_with_several_listings_serves_until_each_is_answered(client, places, at):
    first = places.add("Premier", assured=ago(at, 12))
    second = places.add("Second", assured=ago(at, 12))
    with writing(places.session):
        places.session.get_one(Service, second.id).organization_id = first.organization_id
    run(at)
    path = in_english(links_in(places.letters("listing_round")[-1])[0])
    assert "Listing 1 of 2" in client.get(path).text
    assert "Listing 2 of 2" in client.get(f"{path}?page=2").text

    assert confirm(client, path, second).headers["Location"] == path
    assert "Listing 1" not in client.get(path).text
    assert confirm(client, path, second).status_code == 409
    assert confirm(client, path, first).headers["Location"] == "/en/link/done/confirmed"
    assert client.get(path).status_code == 404


def test_of_another_organization_nothing_can_be_confirmed(client, places, at):
    _, path, _ = ask(places, at)
    other = places.add("Autre", assured=ago(at, 12))
    run(at)

    assert confirm(client, path, other).status_code == 409
    assert confirm(client, path, places.add("Sans tournée")).status_code == 409
    assert send(client, path, f"services/{uuid4()}/confirm").status_code == 409
    assert verifications(places, other) == []


def test_a_link_is_for_its_one_purpose(client, places, at):
    service, confirming, reminding = ask(places, at)
    editing = make(places, service, Purpose.EDIT)
    actions = {
        f"services/{service.id}/confirm": confirming,
        f"services/{service.id}/change": confirming,
        "reminders": reminding,
        "code": editing,
    }
    before = everything(places.session)

    for action, own in actions.items():
        for path in (confirming, reminding, editing):
            if path != own:
                answer = send(client, path, action, means="mail", months="1", language="fr", code="123456")
                assert (answer.status_code, DEAD in answer.text) == (404, True), (action, path)
    assert everything(places.session) == before


def dead_links(client, places, at):
    """Return a path of each way in which a link can be dead."""
    service = places.add(assured=ago(at, 12))
    used = make(places, service, Purpose.CONFIRM)
    revoked = make(places, service, Purpose.CONFIRM)
    with writing(places.session) as session:
        links.spend(session, links.find_link(session, used.rsplit("/", 1)[1], at), at)
        links.revoke(session, links.find_link(session, revoked.rsplit("/", 1)[1], at), VETTER, at)
    expired = make(places, service, Purpose.CONFIRM, at - timedelta(days=14, seconds=1))
    serving = make(places, service, Purpose.CONFIRM)
    return {
        "used": used,
        "revoked": revoked,
        "expired": expired,
        "made up": f"/en/link/{'x' * 43}",
        "cut off": serving[:-1],
        "in other letters": f"/en/link/{serving.rsplit('/', 1)[1].swapcase()}",
        "not of this alphabet": "/en/link/é",
    }


def test_a_dead_link_says_what_to_do_the_same_for_all_reasons(client, places, at):
    found = {name: client.get(path) for name, path in dead_links(client, places, at).items()}

    assert {answer.status_code for answer in found.values()} == {404}
    pages = {re.sub(r'href="[^"]*/link/[^"]*"', "", answer.text) for answer in found.values()}
    assert len(pages) == 1
    assert DEAD in pages.pop()


def test_nothing_is_taken_by_a_dead_link_whatever_is_sent(client, places, at):
    service = places.add(assured=ago(at, 12))
    living = make(places, service, Purpose.EDIT)
    token, paths = form_token(client, living), dead_links(client, places, at)
    before = everything(places.session)

    for path in paths.values():
        for action in (
            f"services/{service.id}/confirm",
            f"services/{service.id}/change",
            "code",
            "reminders",
        ):
            answer = client.post(f"{path}/{action}", data={"csrf_token": token})
            assert (answer.status_code, DEAD in answer.text) == (404, True)
    assert everything(places.session) == before


def test_a_link_serves_for_fourteen_days(client, places, at):
    _, path, _ = ask(places, at)

    with time_machine.travel(at + timedelta(days=13, hours=23)):
        assert client.get(path).status_code == 200
    with time_machine.travel(at + timedelta(days=14, seconds=1)):
        assert client.get(path).status_code == 404


def test_how_long_it_serves_is_a_setting(client, places, at, app, monkeypatch):
    monkeypatch.setitem(app.config, "LINK_DAYS", 2)
    _, path, _ = ask(places, at)

    with time_machine.travel(at + timedelta(days=3)):
        assert client.get(path).status_code == 404


@ON_ONE_BACKEND
@pytest.mark.parametrize("token", [None, "", "x", "é", "a" * 5000])
def test_no_form_is_taken_without_the_token_of_its_page(client, places, at, token):
    service, path, _ = ask(places, at)
    before = everything(places.session)

    data = {} if token is None else {"csrf_token": token}
    assert client.post(f"{path}/services/{service.id}/confirm", data=data).status_code == 400
    assert everything(places.session) == before


def test_the_token_of_another_link_is_none(client, places, at):
    service, path, other = ask(places, at)

    answer = client.post(
        f"{path}/services/{service.id}/confirm", data={"csrf_token": form_token(client, other)}
    )

    assert answer.status_code == 400


def test_what_another_site_sends_is_refused(client, places, at):
    service, path, _ = ask(places, at)

    answer = client.post(
        f"{path}/services/{service.id}/confirm",
        data={"csrf_token": form_token(client, path)},
        headers={"Sec-Fetch-Site": "cross-site"},
    )

    assert answer.status_code == 403


def test_forms_are_counted_by_link_and_not_by_address(client, places, at, monkeypatch):
    monkeypatch.setattr(links, "MOST_SENT", 3)
    service = places.add(assured=ago(at, 12))
    path, other = (make(places, service, Purpose.EDIT) for _ in range(2))
    sent = [send(client, path, "code", code="000000").status_code for _ in range(4)]

    assert sent == [422, 422, 422, 429]
    assert send(client, other, "code", code="000000").status_code == 422
    with time_machine.travel(at + timedelta(hours=1, minutes=1)):
        assert send(client, path, "code", code="000000").status_code == 422


def test_whoever_was_forwarded_a_link_can_confirm_but_change_nothing(client, places, at, app):
    service, path, _ = ask(places, at)
    somebody = app.test_client()

    before = (service.name, service.description, [each.number for each in service.phones])
    assert send(somebody, path, f"services/{service.id}/change").status_code == 303
    assert send(somebody, path, f"services/{service.id}/confirm").status_code in {303, 409}
    places.session.expire_all()
    after = places.session.get_one(Service, service.id)
    assert (after.name, after.description, [each.number for each in after.phones]) == before


def test_asking_for_a_change_writes_to_the_listed_address_and_has_a_call_made(client, places, at):
    service, path, _ = ask(places, at)

    answer = send(client, path, f"services/{service.id}/change", email="voleur@exemple.example")

    assert answer.headers["Location"] == "/en/link/done/asked"
    (letter,) = places.letters("listing_edit")
    assert letter.startswith("To: accueil@exemple.example")
    row = places.round_of(service)
    assert (row.stage, row.reason, row.wants) == (Stage.TO_CALL, Reason.ASKED, "change")


def test_asking_again_writes_no_second_letter(client, places, at):
    service, path, _ = ask(places, at)

    for _ in range(3):
        send(client, path, f"services/{service.id}/change")

    assert len(places.letters("listing_edit")) == 1


def edit_link(places):
    """Return the one link by which a listing can be changed, and its row."""
    places.session.rollback()
    return places.session.scalars(sa.select(ListingLink).where(ListingLink.purpose == Purpose.EDIT)).one()


@pytest.fixture
def editing(places, at):
    """A listing, the path of its link to change it, and a code that was just given."""
    service = places.add("À changer", assured=ago(at, 12))
    return service, make(places, service, Purpose.EDIT), give(places)


def give(places):
    link = edit_link(places)
    with writing(places.session) as session:
        return links.give_code(session, links.find_held(session, link.id), VETTER, now())


def test_a_link_to_change_shows_no_form_before_the_code(client, editing):
    _, path, _ = editing

    page = client.get(path).text

    assert "À changer" not in page
    assert 'name="code"' in page


def test_the_right_code_opens_the_choice_of_listings_and_no_address_holds_its_key(client, editing):
    service, path, code = editing

    answer = send(client, path, "code", code=f"{code[:3]} {code[3:]}")

    assert answer.status_code == 200
    assert "À changer" in answer.text
    key = re.search(r'name="key" value="([^"]+)"', answer.text)[1]
    assert key not in re.sub(r'value="[^"]*"', "", answer.text)
    assert service.name.fr == "À changer"


def test_a_code_serves_once(client, editing):
    _, path, code = editing
    assert send(client, path, "code", code=code).status_code == 200

    assert send(client, path, "code", code=code).status_code == 422


def wrong(code):
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_five_wrong_tries_end_a_code(client, editing):
    _, path, code = editing
    for _ in range(5):
        assert send(client, path, "code", code=wrong(code)).status_code == 422

    assert send(client, path, "code", code=code).status_code == 422


def test_the_fifth_try_may_still_be_right(client, editing):
    _, path, code = editing
    for _ in range(4):
        send(client, path, "code", code=wrong(code))

    assert send(client, path, "code", code=code).status_code == 200


@pytest.mark.parametrize(("minutes", "status"), [(29, 200), (31, 422)])
def test_a_code_serves_for_half_an_hour(client, editing, minutes, status):
    _, path, code = editing

    with time_machine.travel(now() + timedelta(minutes=minutes)):
        assert send(client, path, "code", code=code).status_code == status


def test_a_new_code_ends_the_one_before(client, places, editing):
    _, path, before = editing
    after = give(places)
    while after == before:
        after = give(places)

    assert send(client, path, "code", code=before).status_code == 422
    assert send(client, path, "code", code=after).status_code == 200


def test_a_code_is_bound_to_its_link(client, places, editing):
    service, _, code = editing
    other = make(places, service, Purpose.EDIT)

    assert send(client, other, "code", code=code).status_code == 422


def test_what_is_stored_of_a_code_tells_nothing(places, editing):
    _, _, code = editing
    link = edit_link(places)

    assert code not in str(everything(places.session)["listing_link"])
    assert link.code_hash != links.hash_token(code)


def test_each_code_that_is_right_or_wrong_is_recorded_without_it(client, places, editing):
    _, path, code = editing
    send(client, path, "code", code=wrong(code))
    send(client, path, "code", code=code)

    event = DIRECTORY_CHAIN.event
    places.session.rollback()
    rows = places.session.scalars(
        sa.select(event).where(event.target_type == "link-code").order_by(event.number)
    )
    assert [row.action for row in rows] == ["create", "refusal", "change"]
    assert code not in str(everything(places.session)["audit_event"])


def test_reminders_are_chosen_by_a_link_once(client, places, at):
    service, _, path = ask(places, at)

    answer = send(client, path, "reminders", means="mail", months="3", language="en")

    assert answer.headers["Location"] == "/en/link/done/chosen"
    places.session.rollback()
    row = places.session.get_one(ReminderChoice, service.organization_id)
    assert (row.means, row.months, row.language) == (Means.MAIL, 3, "en")
    assert client.get(path).status_code == 404


@ON_ONE_BACKEND
@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"means": "x", "months": "3", "language": "en"},
        {"means": "mail", "months": "2", "language": "en"},
        {"means": "mail", "months": "3", "language": "de"},
    ],
)
def test_only_what_is_offered_can_be_chosen(client, places, at, fields):
    service, _, path = ask(places, at)

    assert send(client, path, "reminders", **fields).status_code == 422
    assert places.session.get(ReminderChoice, service.organization_id) is None


def lead_of(app, session, place):
    return sign_in(app, session, make_user(session, ((place, Role.ORGANIZATION_LEAD),)))


def vetter_of(app, session):
    return sign_in(app, session, make_user(session, ((None, Role.VETTER),)))


def test_leads_and_vetters_see_the_links_and_revoke_them(app, client, places, at):
    service, path, reminding = ask(places, at)
    for person, area, which in (
        (lead_of(app, places.session, service.organization_id), "listings", path),
        (vetter_of(app, places.session), "vetting", reminding),
    ):
        page = person.browser.get(f"/en/{area}/links").text
        assert "It serves until" in page
        places.session.rollback()
        link = links.find_link(places.session, which.rsplit("/", 1)[1], now())
        assert person.post(f"/en/{area}/links/{link.id}/revoke").status_code == 303
        assert client.get(which).status_code == 404
        assert which.rsplit("/", 1)[1] not in page


def test_nobody_revokes_or_sees_the_links_of_another_organization(app, client, places, at):
    _, path, _ = ask(places, at)
    other = places.add("Autre")
    person = lead_of(app, places.session, other.organization_id)
    link = links.find_link(places.session, path.rsplit("/", 1)[1], now())

    assert "It serves until" not in person.browser.get("/en/listings/links").text
    assert person.post(f"/en/listings/links/{link.id}/revoke").status_code == 404
    assert person.post(f"/en/vetting/links/{link.id}/revoke").status_code == 404
    assert client.get(path).status_code == 200


def test_a_link_tells_no_account_who_follows_it(app, client, places, at):
    service, path, _ = ask(places, at)
    person = lead_of(app, places.session, service.organization_id)

    page = person.browser.get(path)

    assert "Alex Exemple" not in page.text
    assert "Set-Cookie" not in page.headers


def test_links_are_forgotten_after_three_months(places, at):
    ask(places, at)

    run(at + timedelta(days=14 + 91))

    places.session.rollback()
    assert places.session.scalar(sa.select(sa.func.count()).where(ListingLink.made_at <= at)) == 0


def test_links_of_the_list_are_paged(app, places, at, monkeypatch):
    monkeypatch.setattr(links, "PAGE", 2)
    service = places.add()
    for _ in range(5):
        make(places, service, Purpose.EDIT)
    person = vetter_of(app, places.session)

    pages = [person.browser.get(f"/en/vetting/links?page={page}").text for page in (1, 2, 3, 99)]

    assert [page.count("A link to change") for page in pages] == [2, 2, 1, 1]
