"""Rules of privacy that no feature shows alone: what is never computed, taken away or done by itself."""

from __future__ import annotations

import hashlib
import inspect
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask_babel import force_locale

from referral.accounts.models import User
from referral.audit.models import CasesAuditEvent
from referral.intake import models
from referral.intake.cases import make_code
from referral.intake.notices import NOTICES
from referral.intake.questions import QUESTIONS
from referral.mail.models import CasesOutbox
from referral.mail.sealing import open_sealed
from referral.shared import tick
from referral.shared.clock import now
from referral.shared.database import CASES, CasesBase, cases_session, writing
from tests.conftest import ON_ONE_BACKEND
from tests.intake.filing import make_agreement, make_case, make_house
from tests.security.people import token_of
from tests.security.planting import find, plant
from tests.security.walking import Scene

COMPUTED = re.compile(
    r"score|risk|rating|rank|danger|probab|predict|likel|level|grade|profile", re.IGNORECASE
)
IN_DANGER = {
    "age_band": "0-13",
    "urgency": {"level": "u1", "reason": "Exemple"},
    "needs": {"safety": "need-now"},
    "follow_up": ["48-hours"],
    "safe_contact": {"channel": "phone", "detail": "Exemple"},
}
TAKEN = {"cases.export_incidents", "cases.download_copy", "referrals.take_reports", "referrals.take_leaving"}
"""What can be taken away: the register of incidents and counts, which name nobody; a person's own copy."""
AREAS = ("cases.", "referrals.")


@pytest.fixture
def scene(app, client, session):
    """A file with something in every place, sent in part to another organization."""
    house, receiver = make_house(session), make_house(session, "Refuge Exemple")
    return Scene(app, session, house, receiver, plant(house, receiver))


def test_a_code_of_a_file_is_made_by_chance_and_from_nothing():
    codes = {make_code() for _ in range(1000)}

    assert inspect.signature(make_code).parameters == {}
    assert len(codes) == 1000
    assert all(re.fullmatch(r"[A-Z2-9]{4}-[A-Z2-9]{4}", code) for code in codes)


def test_no_column_and_no_question_holds_anything_computed_of_a_person():
    columns = [column for table in CasesBase.metadata.sorted_tables for column in table.columns]
    names = [
        *(f"{column.table.name}.{column.name}" for column in columns),
        *(each.name for each in QUESTIONS),
    ]
    kinds = (sa.Integer, sa.Numeric, sa.Float)
    numbers = {column.name for column in columns if isinstance(column.type, kinds)}

    assert [name for name in names if COMPUTED.search(name)] == []
    assert numbers <= {
        "version",
        "number",
        "first_number",
        "last_number",
        "id",
        "attempts",
        "days",
        "case_months",
        "tries",
        "weekday",
        "months",
        "count",
        "declines",
        "reviews",
    }


def test_nothing_that_is_done_by_itself_sends_or_discloses_anything(app, session, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "AUDIT_WITNESS", tmp_path / "witness.json")
    house, other = make_house(session), make_house(session, "Refuge Exemple")
    make_agreement(house, other)
    make_case(house, IN_DANGER)
    for days in (1, 8, 40, 400, 2000):
        with time_machine.travel(now() + timedelta(days=days), tick=False):
            for job in tick.list_jobs():
                job.run(now())

    for table in (models.Consent, models.Packet, models.Disclosure, models.RightsRequest):
        assert cases_session().scalar(sa.select(sa.func.count()).select_from(table)) == 0, table


@pytest.mark.parametrize(
    "order", [sa.update(CasesAuditEvent).values(actor="Autre"), sa.delete(CasesAuditEvent)]
)
def test_who_looked_at_a_file_cannot_be_rewritten(house_with_a_file, order):
    with (
        pytest.raises(sa.exc.IntegrityError, match="append-only"),
        writing(cases_session(), CASES) as session,
    ):
        session.execute(order)


@pytest.fixture
def house_with_a_file(app, session):
    """An organization whose audit holds something."""
    return make_case(make_house(session))


@ON_ONE_BACKEND
@pytest.mark.parametrize("who", ["worker", "lead"])
def test_nothing_can_be_taken_away_but_a_persons_own_copy_the_register_and_counts(scene, who):
    taken = {
        endpoint
        for endpoint, answer in scene.walk(scene.enter(getattr(scene.house, who)))
        if endpoint.startswith(AREAS)
        and answer.status_code == 200
        and (answer.mimetype != "text/html" or "Content-Disposition" in answer.headers)
    }

    assert taken <= TAKEN
    assert taken


@ON_ONE_BACKEND
@pytest.mark.parametrize("who", ["worker", "lead"])
def test_no_page_of_files_stays_in_the_browser(scene, who):
    kept = {
        endpoint
        for endpoint, answer in scene.walk(scene.enter(getattr(scene.house, who)))
        if endpoint.startswith(AREAS) and "no-store" not in answer.headers.get("Cache-Control", "")
    }

    assert kept == set()


@ON_ONE_BACKEND
def test_no_address_of_files_asks_for_a_person_in_its_query(scene):
    asked = re.compile(r'<form[^>]*method="get"|<form(?![^>]*method=)', re.IGNORECASE)
    pages = scene.walk(scene.enter(scene.house.worker))
    found = {
        endpoint
        for endpoint, page in pages
        if endpoint.startswith("cases.") and asked.search(page.get_data(as_text=True))
    }

    assert found == set()


READ = {("2026-11", "en"): "ee498384e6e42ac0", ("2026-11", "fr"): "a851a9a617f439a8"}
"""Of notices that may have been read to somebody: a new text gets a new version, and a line of its own."""


@ON_ONE_BACKEND
@pytest.mark.parametrize("version", NOTICES)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_notice_that_was_read_is_not_changed(app, session, version, language):
    with app.test_request_context(f"/{language}/"), force_locale(language):
        template = app.jinja_env.get_template(f"cases/notice_text_{version}.html")
        text = " ".join(template.render(place="A").split())

    assert hashlib.sha256(text.encode()).hexdigest()[:16] == READ[version, language]


def test_whoever_leads_where_it_was_sent_is_told_of_a_withdrawal_that_something_waits(scene):
    lead = scene.session.get_one(User, scene.receiver.lead.user_id)
    lead.email = "lead@exemple.example"
    scene.session.commit()
    ids, browser = scene.planted.ids, scene.enter(scene.house.worker)
    path = f"/fr/cases/{ids['case_id']}/consents/{ids['consent_id']}/withdraw"
    answer = browser.post(path, data={"csrf_token": token_of(browser), "way": "phone"})

    assert answer.status_code == 303
    letters = [open_sealed(row) for row in cases_session().scalars(sa.select(CasesOutbox.sealed))]
    assert [each.to for each in letters] == ["lead@exemple.example"]
    assert find(str(letters), scene.planted.secrets) == set()
