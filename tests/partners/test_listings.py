"""The listings of an organization: who sees them, what they say, and the one button."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
import time_machine

from referral.access.policy import Actor, Role
from referral.audit.models import DIRECTORY_CHAIN
from referral.catalogue.change_models import FieldChange, Via
from referral.catalogue.fields import Hours, encode
from referral.catalogue.models import Verification
from referral.catalogue.trust import Method, Trust
from referral.partners.listing_page import count_asking
from referral.shared.bilingual import Bilingual
from referral.shared.clock import now
from tests.conftest import ON_ONE_BACKEND
from tests.partners.keeping import make_keeper
from tests.security.people import make_organization

NOON = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
BOTH = Bilingual("Une écoute fictive.", "Fictional listening.")
READ_ONLY = "Change this listing"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def keeper(app, session, clock):
    return make_keeper(app, session)


def steps(keeper):
    keeper.session.rollback()
    return [
        (each.method, each.from_trust, each.to_trust)
        for each in keeper.session.scalars(sa.select(Verification).order_by(Verification.occurred_at))
    ]


def press(keeper, person=None):
    return (person or keeper.editor).post(f"{keeper.root}/confirm")


def test_the_home_of_the_account_leads_to_the_listings_with_what_asks_for_attention(keeper):
    page = keeper.editor.browser.get("/en/account/").text

    assert "/en/listings/" in page
    assert "Listings (1)" in page


def test_each_listing_says_what_is_missing_old_or_waits(keeper):
    page = keeper.editor.browser.get("/en/listings/").text

    assert "Écoute Exemple" in page
    assert "Never confirmed" in page
    assert "English is missing: Name of the service." in page
    assert "Not known yet: hours" in page


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_listing_is_shown_as_workers_see_it(keeper, language):
    page = keeper.editor.browser.get(f"/{language}/listings/services/{keeper.id}").text

    assert "514\u00a0555-0100" in page
    assert "Montréal" in page


def test_what_is_not_published_yet_is_shown_too(app, session):
    keeper = make_keeper(app, session, trust=Trust.CANDIDATE)

    page = keeper.get().text

    assert "Readers do not see this listing." in page
    assert "514\u00a0555-0100" in page


def test_an_intake_worker_reads_only(keeper):
    worker = keeper.person(Role.INTAKE_WORKER)

    page = keeper.get(person=worker).text

    assert "Nothing has changed" not in page
    assert READ_ONLY not in page
    assert press(keeper, worker).status_code == 404
    assert keeper.get("/edit", worker).status_code == 404


@ON_ONE_BACKEND
@pytest.mark.parametrize("path", ["", "/edit", "/history", "/withdraw", "/sent"])
def test_another_organization_finds_nothing(keeper, session, path):
    other = keeper.person(Role.ORGANIZATION_LEAD, make_organization(session))

    assert keeper.get(path, other).status_code == 404


@ON_ONE_BACKEND
@pytest.mark.parametrize("path", ["/confirm", "/edit", "/draft", "/draft/delete", "/withdraw"])
def test_another_organization_changes_nothing(keeper, session, path):
    other = keeper.person(Role.ORGANIZATION_LEAD, make_organization(session))

    assert other.post(f"{keeper.root}{path}").status_code == 404
    assert steps(keeper) == []


def test_a_vetted_listing_is_renewed_with_its_date(app, session):
    keeper = make_keeper(app, session, trust=Trust.VETTED, assured_date=date(2025, 1, 10))

    assert press(keeper).status_code == 303

    assert steps(keeper) == [(Method.ACCOUNT, Trust.VETTED, Trust.VETTED)]
    assert keeper.service().assured_date == date(2026, 11, 24)
    assert "Confirmed on November\u00a024" in keeper.public().replace(" 24", "\u00a024")


def test_what_was_never_verified_becomes_contacted_only(keeper):
    press(keeper)

    assert steps(keeper) == [(Method.ACCOUNT, Trust.SOURCED, Trust.CONTACTED)]
    assert keeper.service().assured_date is None
    assert "somebody of our team will call you" in keeper.get().text


def test_pressing_twice_counts_once(keeper, clock):
    press(keeper)
    press(keeper)
    assert len(steps(keeper)) == 1

    clock.move_to(datetime(2026, 11, 25, 17, 0, tzinfo=UTC))
    press(keeper, keeper.person(Role.PARTNER_EDITOR))
    assert len(steps(keeper)) == 2


def test_what_our_team_suspended_stays_so(app, session):
    keeper = make_keeper(app, session, trust=Trust.SUSPENDED)

    press(keeper)

    assert keeper.service().trust is Trust.SUSPENDED
    assert "only our team can bring it back" in keeper.get().text


def test_a_confirmation_is_in_the_audit(keeper):
    press(keeper)

    keeper.session.rollback()
    event = DIRECTORY_CHAIN.event
    rows = keeper.session.execute(sa.select(event.action, event.target_type, event.organization_id))
    assert ("change", "listing", keeper.place) in [tuple(row) for row in rows]


def test_a_fresh_listing_that_is_level_asks_for_nothing(app, session):
    keeper = make_keeper(app, session, trust=Trust.VETTED, assured_date=date(2026, 11, 1))
    service = keeper.service()
    keeper.directory.change(service, name=Bilingual("Écoute", "Listening"), description=BOTH)
    actor = Actor("Camille", frozenset({(keeper.place, Role.PARTNER_EDITOR)}), acting_for=keeper.place)

    assert count_asking(actor, now()) == 0


def change_of(keeper, who, via, name="hours"):
    return FieldChange(
        service_id=keeper.id,
        field=name,
        value_before=encode(name, Hours()),
        value_after=encode(name, Hours(always_open=True)),
        changed_by=who,
        via=via,
        changed_at=now(),
    )


def test_history_says_who_when_and_from_what_to_what(keeper):
    keeper.session.add(change_of(keeper, "Camille Exemple", Via.ACCOUNT))
    keeper.session.commit()

    page = keeper.get("/history/hours").text

    assert "by Camille Exemple" in page
    assert "Open 24 hours a day" in page


@pytest.mark.parametrize(
    ("who", "via", "said"),
    [
        ("link", Via.LINK, "a link from a letter"),
        ("aide@exemple.example", Via.ACCOUNT, "somebody of the organization"),
    ],
)
def test_history_never_says_an_address(keeper, who, via, said):
    keeper.session.add(change_of(keeper, who, via))
    keeper.session.commit()

    page = keeper.get("/history").text

    assert said in page
    assert "@exemple" not in page
