"""Whoever writes in case files and is killed at any step loses nothing acknowledged and doubles nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from referral.audit.events import Action
from referral.audit.models import CASES_CHAIN, CasesAuditEvent
from referral.audit.verification import verify
from referral.intake import orphans
from referral.intake.answers import read_answers
from referral.intake.cases import read_step
from referral.intake.endings import destroy_due
from referral.intake.erasing import finish_destructions
from referral.intake.models import Case, Certificate, Disclosure, Incident, Packet, VaultEntry
from referral.intake.safe import open_safe
from referral.intake.vocabulary import CaseStatus
from referral.keyring.models import DataKey
from referral.referrals.models import Referral
from referral.shared.clock import now
from referral.shared.database import CASES, CasesBase, cases_session, keys_session, writing
from tests.conftest import AUDIT_KEY
from tests.intake.filing import enter, held_case, make_case, make_draft, make_house
from tests.intake.granting import ANSWERS, make_agreement, make_grant, make_packet
from tests.intake.test_consent_pages import said
from tests.killing import Ended, close_all, kill_at_each_step
from tests.security.people import Person

pytestmark = pytest.mark.soak

TOMORROW = (now().date() + timedelta(days=1)).isoformat()
LATER = timedelta(days=2)
"""After which a key that opens nothing is one that was left."""
FEWEST_STEPS = 4
HIDDEN = re.compile(r'<input(?=[^>]*type="hidden")[^>]*name="([a-z_0-9-]+)"[^>]*value="([^"]*)"')
Facts = dict[str, Any]


@dataclass
class Scene:
    """Two organizations with an agreement, whoever writes, and the file that an act is about."""

    app: Any
    house: Any
    other: Any
    worker: Person
    lead: Person
    case_id: UUID | None = None
    known: dict[str, Any] = field(default_factory=dict)

    def path(self, rest=""):
        return f"/fr/cases/{self.case_id}{rest}"


@pytest.fixture
def scene(app, client, session):
    house, other = make_house(session), make_house(session, "Autre Exemple")
    make_agreement(house, other)
    worker, lead = enter(app, session, house.worker), enter(app, session, house.lead)
    return Scene(app, house, other, worker, lead)


def count_rows():
    """Count the rows of every table of case files, and what the audit tells of."""
    session = cases_session()
    session.rollback()
    counted = Counter()
    for table in CasesBase.metadata.sorted_tables:
        if not table.name.startswith(("audit", "cases_audit")):
            counted[table.name] = session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
    actions = (
        sa.select(CasesAuditEvent.action, sa.func.count())
        .where(CasesAuditEvent.action != Action.VIEW)  # a look is kept apart, before what is then done
        .group_by(CasesAuditEvent.action)
    )
    counted.update({f"audit {action}": count for action, count in session.execute(actions)})
    return counted


def look(scene: Scene, before: Counter) -> Facts:
    """Say what there is now of a file, and how many rows came or went since; no moment and no identifier."""
    now_there = count_rows()
    facts: Facts = {name: now_there[name] - before[name] for name in now_there | before}
    facts = {name: count for name, count in facts.items() if count}
    case = cases_session().get(Case, scene.case_id) if scene.case_id else None
    if case is not None:
        facts |= {name: getattr(case, name) for name in ("status", "owner_id", "deputy_id", "version")}
        facts |= look_inside(case) if case.status is not CaseStatus.ERASED else {}
    ended = sa.select(Packet.ended).where(Packet.case_id == scene.case_id)
    facts["packets"] = list(cases_session().scalars(ended)) if scene.case_id else []
    close_all()
    return facts


def look_inside(case: Case) -> Facts:
    """Open what is sealed of a file."""
    safe = open_safe(case.id)
    answers = read_answers(cases_session(), case.id, safe)
    step = read_step(case, safe)
    return {
        "answers": {name: (each.value, each.version) for name, each in answers.items()},
        "step": step.text if step else None,
    }


def mend() -> None:
    """Do what the scheduled command does."""
    finish_destructions(now())
    orphans.destroy_orphans(now() + LATER)


def loose_ends() -> list[str]:
    """Name keys without a thing, things without their key, and certificates of what is still there."""
    session = cases_session()
    session.rollback()
    keys = set(keys_session().scalars(sa.select(DataKey.id)))
    things = set(session.scalars(sa.select(Case.id).where(Case.status != CaseStatus.ERASED)))
    for column in (VaultEntry.id, Disclosure.id, Incident.id, Referral.id):
        things |= set(session.scalars(sa.select(column)))
    things |= set(session.scalars(sa.select(Packet.id).where(Packet.ended.is_(None))))
    waiting = session.scalars(sa.select(Certificate.subject_id).where(Certificate.completed_at.is_(None)))
    is_whole = verify(session, AUDIT_KEY.encode(), chain=CASES_CHAIN).is_whole
    found = [f"key of nothing: {each}" for each in keys - things]
    found += [f"no key: {each}" for each in things - keys]
    found += [f"key not destroyed: {each}" for each in waiting]
    close_all()
    return found + ([] if is_whole else ["the audit is broken"])


# Acts: each prepares a file and returns what is then done with it


def begin(scene):
    token, page = scene.worker.token(), scene.worker.browser.get("/fr/cases/new").text
    entry = dict(HIDDEN.findall(page))["entry"]
    scene.case_id = None
    return lambda: sent(scene.worker, "/fr/cases/new", csrf_token=token, entry=entry)


def save_answers(scene):
    scene.case_id = make_case(scene.house, ANSWERS)
    page = scene.worker.browser.get(scene.path("/intake/note")).text
    fields = dict(HIDDEN.findall(page)) | {"note-text": "Note Exemple corrigée", "do": "next"}
    return lambda: sent(scene.worker, scene.path("/intake/note"), **fields)


def open_draft(scene):
    scene.case_id = make_draft(scene.house, ANSWERS)
    fields = {"deputy": str(scene.house.deputy.user_id), "text": "Rappeler", "on": TOMORROW}
    return posting(scene, scene.worker, "/open", **fields)


def change_step(scene):
    scene.case_id = make_case(scene.house, ANSWERS)
    shown = {"shown_text": "Rappeler", "shown_on": TOMORROW}
    return posting(scene, scene.worker, "/step", text="Appeler le refuge", on=TOMORROW, **shown)


def hand_over(scene):
    scene.case_id = make_case(scene.house, ANSWERS)
    keepers = {"shown_owner": scene.house.worker, "shown_deputy": scene.house.deputy}
    fields = {name: str(actor.user_id) for name, actor in keepers.items()} | {"how": "good"}
    fields |= {"owner": str(scene.house.lead.user_id), "deputy": str(scene.house.deputy.user_id)}
    return posting(scene, scene.worker, "/people", **fields)


def close(scene):
    scene.case_id = make_case(scene.house, ANSWERS)
    return posting(scene, scene.worker, "/close", reason="moved")


def consent(scene):
    scene.case_id = make_case(scene.house, ANSWERS)
    page = scene.worker.browser.get(scene.path("/consents/new")).text
    fields = said(scene.other) | {"entry": dict(HIDDEN.findall(page))["entry"]}
    return posting(scene, scene.worker, "/consents/new", **fields)


def send(scene):
    scene.case_id = make_case(scene.house, ANSWERS)
    consent_id = make_grant(scene.house, scene.case_id, scene.other.id)
    return posting(scene, scene.worker, f"/consents/{consent_id}/send")


def withdraw(scene):
    scene.case_id = make_case(scene.house, ANSWERS)
    consent_id = make_grant(scene.house, scene.case_id, scene.other.id)
    make_packet(scene.house, scene.case_id, consent_id)
    return posting(scene, scene.worker, f"/consents/{consent_id}/withdraw", way="phone")


def disclose(scene):
    scene.case_id = make_case(scene.house, ANSWERS)
    page = scene.lead.browser.get(scene.path("/disclosures/new")).text
    told = {"facts": "Faits Exemple", "items": "Dates Exemple", "recipient": "Service Exemple"}
    sure = {"basis": "danger", "sure": "yes", "do": "disclose", "entry": dict(HIDDEN.findall(page))["entry"]}
    return posting(scene, scene.lead, "/disclosures/new", **told, **sure)


def erase(scene):
    scene.case_id = make_case(scene.house, ANSWERS)
    make_packet(scene.house, scene.case_id, make_grant(scene.house, scene.case_id, scene.other.id))
    code = cases_session().get_one(Case, scene.case_id).code
    return posting(scene, scene.lead, "/rights/erase", code=code, sure="1")


def destroy(scene):
    with writing(cases_session(), CASES) as session:  # what a run before left is not this one's
        session.execute(sa.update(Case).values(keep_until=now().date() + LATER))
    scene.case_id = make_case(scene.house, ANSWERS)
    with held_case(scene.case_id, scene.house.worker) as held:
        held.case.status, held.case.closed_at = CaseStatus.CLOSED, now()
        held.case.keep_until = now().date() - timedelta(days=3)
    return lambda: destroy_due(now())


def posting(scene, person, rest, **fields):
    token = person.token()
    return lambda: sent(person, scene.path(rest), csrf_token=token, **fields)


def sent(person, path, **fields):
    """Send a form as its page does; it is kept once the browser is led on."""
    answer = person.browser.post(path, data=fields)
    assert answer.status_code == 303, (path, answer.status_code, answer.text)


ACTS: list[Callable[[Scene], Callable[[], None]]] = [
    *(begin, save_answers, open_draft, change_step, hand_over, close),
    *(consent, send, withdraw, disclose, erase, destroy),
]


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_a_write_killed_at_any_step_is_there_whole_or_not_at_all_and_what_is_left_is_mended(act, scene):
    before, rows, runs = [], [], []

    def prepare():
        done = act(scene)
        rows.append(count_rows())
        before.append(look(scene, rows[-1]))
        return done

    for ended in kill_at_each_step(scene.app, prepare):
        after = look(scene, rows[-1])
        mend()
        runs.append((ended, after, look(scene, rows[-1]), loose_ends()))

    expect(before, runs)


def expect(before: list[Facts], runs: list[tuple[Ended, Facts, Facts, list[str]]]) -> None:
    """Hold every run against the one that was not killed."""
    last, done, _mended, _ends = runs[-1]
    assert last.is_acknowledged
    assert done != before[-1]
    assert len(runs) > FEWEST_STEPS
    outcomes = set()
    for was, (ended, found, mended, ends) in zip(before, runs, strict=True):
        where = f"killed at step {ended.step}"
        assert found in ([done] if ended.is_acknowledged else [was, done]), where
        assert mended == found, where
        assert ends == [], where
        outcomes.add(found == done)
    assert outcomes == {True, False}
