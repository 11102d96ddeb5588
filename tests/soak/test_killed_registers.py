"""The same for what stands beside a file: follow-ups, names, registers, rules, agreements, what is read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from referral.intake.agreement_models import Agreement
from referral.intake.models import FollowUp, OrganizationRules
from referral.intake.vocabulary import CaseStatus
from referral.shared.clock import now
from referral.shared.database import CASES, cases_session, writing
from tests.intake.filing import enter, held_case, make_case
from tests.intake.granting import ANSWERS, make_agreement, make_grant, make_packet
from tests.intake.test_incidents import typed
from tests.killing import kill_at_each_step
from tests.soak.test_killed_files import (
    HIDDEN,
    TOMORROW,
    Scene,
    count_rows,
    expect,
    look,
    loose_ends,
    mend,
    posting,
    scene,
    sent,
)

pytestmark = pytest.mark.soak
assert scene  # a fixture of those who import it


def reopen(scene):
    scene.case_id = make_case(scene.house, ANSWERS)
    with held_case(scene.case_id, scene.house.worker) as held:
        held.case.status, held.case.closed_at = CaseStatus.CLOSED, now()
    keepers = {"owner": scene.house.worker, "deputy": scene.house.deputy}
    fields = {name: str(actor.user_id) for name, actor in keepers.items()}
    return posting(scene, scene.worker, "/reopen", text="Rappeler", on=TOMORROW, **fields)


def enter_open(scene):
    token, page = scene.worker.token(), scene.worker.browser.get("/fr/cases/new/open").text
    fields = {
        "entry": dict(HIDDEN.findall(page))["entry"],
        "nickname": "Merle Exemple",
        "level": "u3",
        "reason": "Doit quitter bientôt",
        "age_band": "",
        "region": "",
        "deputy": str(scene.house.deputy.user_id),
        "step": "Rappeler",
        "step_on": TOMORROW,
        "opened_on": now().date().isoformat(),
        "another": "y",
    }
    scene.case_id = None
    return lambda: sent(scene.worker, "/fr/cases/new/open", csrf_token=token, **fields)


def tell_follow_up(scene):
    scene.case_id = make_case(scene.house, {**ANSWERS, "follow_up": ["48-hours"]})
    follow_up = sa.select(FollowUp.id).where(FollowUp.case_id == scene.case_id)
    path = f"/follow-ups/{cases_session().scalars(follow_up).one()}"
    return posting(scene, scene.worker, path, reached="yes", words="Elle va mieux")


def recall(scene):
    scene.case_id = make_case(scene.house, ANSWERS)
    packet_id = make_packet(
        scene.house, scene.case_id, make_grant(scene.house, scene.case_id, scene.other.id)
    )
    return posting(scene, scene.worker, f"/packets/{packet_id}/recall")


def read_received(scene):
    scene.case_id = make_case(scene.house, ANSWERS)
    packet_id = make_packet(
        scene.house, scene.case_id, make_grant(scene.house, scene.case_id, scene.other.id)
    )
    session = scene.app.extensions["sqlalchemy"].session
    reader = enter(scene.app, session, scene.other.worker)

    def read():
        assert reader.browser.get(f"/fr/cases/received/{packet_id}").status_code == 200

    return read


def ask_right(scene):
    scene.case_id = make_case(scene.house, ANSWERS)
    day = now().date().isoformat()
    return posting(scene, scene.worker, "/rights", kind="access", received_on=day, words="Tout")


def have_rules(scene):
    """Return the version of the rules of the house, made where it has none; it keeps legal names."""
    rules = {"case_months": 24, "keeps_legal_names": True, "changed_by": scene.house.lead.user_id}
    with writing(cases_session(), CASES) as session:
        row = session.get(OrganizationRules, scene.house.id)
        if row is None:
            row = OrganizationRules(organization_id=scene.house.id, changed_at=now(), **rules)
            session.add(row)
            session.flush()
        return row.version


def keep_name(scene):
    scene.case_id = make_case(scene.house, ANSWERS)
    have_rules(scene)
    return posting(scene, scene.worker, "/rights/name", name="Personne Exemple", version="0")


def enter_incident(scene):
    scene.case_id = None
    token = scene.lead.token()
    return lambda: sent(scene.lead, "/fr/cases/incidents/new", csrf_token=token, **typed())


def change_rules(scene):
    scene.case_id = None
    version, token = have_rules(scene), scene.lead.token()
    fields = {"case_months": str(version % 100 + 1), "privacy_contact": "Direction", "keeps_legal_names": "y"}
    return lambda: sent(scene.lead, "/fr/cases/rules", csrf_token=token, version=str(version), **fields)


def end_agreement(scene):
    scene.case_id = None
    standing = cases_session().scalars(sa.select(Agreement.id).where(Agreement.ended_at.is_(None))).first()
    made, token = standing or make_agreement(scene.house, scene.other), scene.lead.token()
    return lambda: sent(scene.lead, f"/fr/cases/agreements/{made}/end", csrf_token=token)


ACTS: list[Callable[[Scene], Callable[[], None]]] = [
    *(reopen, enter_open, tell_follow_up, recall, read_received),
    *(ask_right, keep_name, enter_incident, change_rules, end_agreement),
]


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_a_write_beside_a_file_killed_at_any_step_is_there_whole_or_not_at_all(act, scene):
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
