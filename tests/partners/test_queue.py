"""The vetters' queue: what waits, in order of harm, and who is at it."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from referral.access.policy import Role
from referral.catalogue.fields import Ages
from referral.catalogue.listing import PhoneNumber, Text
from referral.catalogue.models import Service
from referral.catalogue.trust import Method, Trust
from referral.catalogue.vetting_models import QueueClaim
from referral.evidence.kinds import FlagKind
from referral.evidence.services import flag_listing
from referral.partners import queue
from referral.partners.queue import LISTERS, Line, QueueKind, Viewer
from referral.shared.bilingual import Bilingual
from referral.shared.clock import now
from referral.shared.database import writing
from tests.edition.conftest import Directory
from tests.partners.vetters import SHELTER, count, plain, propose, seat

AT = datetime(2026, 11, 24, 15, tzinfo=UTC)


@pytest.fixture
def directory(session):
    return Directory(session)


@pytest.fixture
def desk(app, session):
    return seat(app, session)


@pytest.fixture
def other(app, session):
    return seat(app, session, "Andréa Exemple")


def kinds(session, desk, **filters):
    session.rollback()
    found = queue.read_queue(session, Viewer(desk.actor, now()), **filters)
    return [entry.kind.value for entry in found.entries if entry.kind is not QueueKind.DUPLICATE]


def flag(session, service, kind):
    service_id = service.id
    session.rollback()
    with writing(session):
        flag_listing(session, service_id, kind, "", "fr", now())


def test_what_does_most_harm_comes_first_and_then_the_oldest(session, directory, desk):
    first, second = directory.add("Écoute Exemple"), directory.add("Clinique fictive")
    flag(session, first, FlagKind.HOURS)
    propose(session, first, ages=Ages(16))
    propose(session, second, phones=(PhoneNumber("+15145550199"),))
    flag(session, second, FlagKind.UNSAFE)

    assert kinds(session, desk) == ["unsafe", "call-first", "change", "flag"]


def test_of_one_kind_the_oldest_comes_first(session, directory, desk):
    services = [directory.add(f"Exemple {number}") for number in range(3)]
    for days, service in zip((1, 3, 2), services, strict=True):
        with time_machine.travel(now() - timedelta(days=days), tick=False):
            propose(session, service, ages=Ages(16))
    session.rollback()
    lines = queue.read_queue(session, Viewer(desk.actor, now()), QueueKind.CHANGE).entries

    called = [entry.line.name.fr.partition(" – ")[0] for entry in lines]
    assert called == ["Exemple 1", "Exemple 2", "Exemple 0"]


def test_a_listing_that_nobody_vouches_for_waits(session, directory, desk):
    directory.add("Nouveau Exemple", trust=Trust.CANDIDATE)

    assert kinds(session, desk) == ["new"]


def test_a_confirmation_that_is_too_old_waits(session, directory, desk):
    old = (now() - timedelta(days=400)).date()
    directory.add("Ancien Exemple", trust=Trust.VERIFIED, assured_date=old)
    directory.add("Clinique fictive", trust=Trust.VERIFIED, assured_date=now().date())

    assert kinds(session, desk) == ["overdue"]


def test_what_an_organization_confirmed_waits_for_one_of_ours(session, directory, desk):
    service = directory.add("Exemple")
    service_id = service.id
    session.rollback()
    with writing(session):
        from referral.catalogue.services import take_step  # noqa: PLC0415  # its own words here

        kept = session.get_one(Service, service_id)
        take_step(
            session, kept, Trust.CONTACTED, Method.LINK, "Camille Exemple", "nothing has changed", now()
        )

    assert kinds(session, desk) == ["confirmation"]


def test_a_language_left_behind_waits(session, directory, desk):
    service = directory.add("Exemple", description=Bilingual("Un texte.", "A text."))
    proposal_id = propose(session, service, description=Text("Un autre texte.", "A text."))
    page = desk.get(f"/proposals/{proposal_id}").text
    seen = dict(re.findall(r'name="(seen-[^"]+)" value="([^"]+)"', page))
    desk.post(f"/proposals/{proposal_id}/decide", {**seen, "act": "all"})

    assert kinds(session, desk) == ["language"]


def test_a_second_person_is_asked_and_the_first_no_more(session, directory, desk, other):
    shelter = directory.add("Maison Exemple", **SHELTER)
    proposal_id = propose(session, shelter, ages=Ages(16))
    desk.post(f"/proposals/{proposal_id}/decide", {"act": "all"})

    assert kinds(session, desk) == []
    assert kinds(session, other) == ["second"]


def test_two_that_look_alike_wait(session, directory, desk):
    for _ in range(2):
        directory.add("Écoute et soutien Exemple")

    session.rollback()
    assert queue.read_queue(session, Viewer(desk.actor, now()), QueueKind.DUPLICATE).total > 0


def test_another_feature_says_what_waits_by_registering(session, desk):
    before = LISTERS.pop(QueueKind.DECLINES, None)
    line = Line(
        uuid.uuid4(), Bilingual("Exemple", None), "Appeler", "Trois refus.", now(), "vetting.show_queue", {}
    )
    queue.register(QueueKind.DECLINES, lambda _session, _viewer: [line])
    try:
        assert "Trois refus." in plain(desk.get("/queue").text)
    finally:
        LISTERS.pop(QueueKind.DECLINES)
        if before:
            LISTERS[QueueKind.DECLINES] = before


def test_only_kinds_that_are_known_can_be_registered():
    with pytest.raises(ValueError, match="nonsense"):
        queue.register("nonsense", lambda _session, _viewer: [])


def test_the_queue_is_filtered_by_kind_and_by_region(session, directory, desk):
    service = directory.add("Exemple")
    propose(session, service, ages=Ages(16))
    flag(session, service, FlagKind.HOURS)

    assert kinds(session, desk, kind=QueueKind.FLAG) == ["flag"]
    assert kinds(session, desk, region="06") == ["change", "flag"]
    assert kinds(session, desk, region="11") == []


def test_counts_are_shown_beside_each_kind(session, directory, desk):
    service = directory.add("Exemple")
    for least in (16, 18):
        propose(session, service, ages=Ages(least))

    assert "Modification (2)" in plain(desk.get("/queue").text)


def test_the_queue_has_pages(session, directory, desk, monkeypatch):
    monkeypatch.setattr(queue, "PAGE", 2)
    service = directory.add("Exemple")
    for least in (14, 16, 18):
        propose(session, service, ages=Ages(least))

    assert len(kinds(session, desk)) == 2
    assert len(kinds(session, desk, page=2)) == 1
    assert len(kinds(session, desk, page=99)) == 1
    assert 'rel="next"' in desk.get("/queue").text


@pytest.mark.parametrize("asked", ["page=x", "page=-3", "kind=x", "region=99", "kind=&region="])
def test_odd_filters_show_the_queue(session, directory, desk, asked):
    propose(session, directory.add("Exemple"), ages=Ages(16))

    assert "Comparer, puis décider" in plain(desk.get(f"/queue?{asked}").text)


def take(desk, item, kind="change", act="take"):
    return desk.post(f"/queue/{act}", {"kind": kind, "item": str(item)})


def test_a_line_that_somebody_took_says_by_whom(session, directory, desk, other):
    proposal_id = propose(session, directory.add("Exemple"), ages=Ages(16))

    assert take(desk, proposal_id).headers["Location"].endswith(f"/proposals/{proposal_id}")
    assert "Robin Exemple s’en occupe depuis le" in plain(other.get("/queue").text)


def test_nobody_takes_what_somebody_else_took(session, directory, desk, other):
    proposal_id = propose(session, directory.add("Exemple"), ages=Ages(16))
    take(desk, proposal_id)
    answer = take(other, proposal_id)

    assert "/queue" in answer.headers["Location"]
    assert session.query(QueueClaim).one().name == "Robin Exemple"


def test_after_half_an_hour_others_can_take_it(session, directory, desk, other):
    proposal_id = propose(session, directory.add("Exemple"), ages=Ages(16))
    session.rollback()
    for actor, at in ((desk.actor, AT), (other.actor, AT + timedelta(minutes=30))):
        with writing(session):
            queue.take(session, QueueKind.CHANGE, proposal_id, Viewer(actor, at))

    assert session.query(QueueClaim).one().name == "Andréa Exemple"


def test_only_whoever_took_a_line_leaves_it(session, directory, desk, other):
    proposal_id = propose(session, directory.add("Exemple"), ages=Ages(16))
    take(desk, proposal_id)
    take(other, proposal_id, act="leave")
    assert count(session, QueueClaim) == 1

    take(desk, proposal_id, act="leave")
    assert count(session, QueueClaim) == 0


def test_what_is_decided_is_held_no_more(session, directory, desk):
    proposal_id = propose(session, directory.add("Exemple"), ages=Ages(16))
    take(desk, proposal_id)
    desk.post(f"/proposals/{proposal_id}/decide", {"act": "all"})

    assert count(session, QueueClaim) == 0


@pytest.mark.parametrize(
    ("kind", "item"), [("nonsense", uuid.uuid4()), ("change", "x"), ("change", uuid.uuid4())]
)
def test_a_line_that_is_none_cannot_be_taken(session, desk, kind, item):
    assert take(desk, item, kind).status_code == 404
    assert count(session, QueueClaim) == 0


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.PRIVACY_OFFICER])
def test_the_queue_is_for_vetters(app, session, role):
    somebody = seat(app, session, "Maxime Exemple", role)

    assert somebody.get("/queue").status_code == 404
    assert somebody.post("/queue/take", {"kind": "change", "item": str(uuid.uuid4())}).status_code == 404


def test_the_queue_is_offered_after_the_sign_in(session, directory, desk):
    propose(session, directory.add("Exemple"), ages=Ages(16))

    assert "À faire maintenant (1)" in plain(desk.get("/fr/account/").text)
