"""Whoever moves a referral and is killed at any step leaves it whole, as it was or as it was to become."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from referral.intake import orphans, packets
from referral.intake.erasing import finish_destructions
from referral.intake.models import Case, Consent, Packet
from referral.intake.vocabulary import CaseStatus, Urgency
from referral.referrals import ending
from referral.referrals.count_models import ReferralCount, Step
from referral.referrals.models import Referral
from referral.referrals.moving import Why
from referral.referrals.status import ReferralStatus
from referral.shared.clock import now
from referral.shared.database import cases_session
from tests.intake.filing import enter, make_case, make_house
from tests.intake.granting import ANSWERS, make_agreement, make_grant
from tests.killing import Ended, close_all, kill_at_each_step
from tests.referrals.making import find
from tests.referrals.sent import answer, call, draft, read_first, send
from tests.soak.test_killed_files import (
    FEWEST_STEPS,
    HIDDEN,
    LATER,
    TOMORROW,
    Facts,
    Scene,
    count_rows,
    loose_ends,
    posting,
    sent,
)

pytestmark = pytest.mark.soak

S = ReferralStatus
SUMMED = {"referral_count", "listing_decline", "cases_outbox", "outbox"}
"""Rows that several share, and neutral letters, which go once a day and after what they tell of."""
VERSION = re.compile(r'name="version"[^>]*value="(\d+)"')
Act = Callable[[Scene], Callable[[], None]]


@pytest.fixture
def scene(app, client, session):
    house, other = make_house(session), make_house(session, "Refuge Exemple")
    third = make_house(session, "Auberge Exemple")
    for each in (other, third):
        make_agreement(house, each)
    made = Scene(app, house, other, enter(app, session, house.worker), enter(app, session, house.lead))
    made.known = {"reader": enter(app, session, other.worker), "third": third, "asked": []}
    return made


# What there is of the referrals of a file, and whether that is whole


def look(scene: Scene, before: Counter) -> Facts:
    """Say what there is now: states, moves, what was sent, files, and what was counted since."""
    rows = count_rows()
    rows.update(count_steps())
    facts: Facts = {name: rows[name] - before[name] for name in rows | before if name not in SUMMED}
    facts = {name: count for name, count in facts.items() if count}
    session = cases_session()
    asked = sa.select(Referral).where(Referral.case_id == scene.case_id).order_by(Referral.receiver_id)
    facts["referrals"] = [tell(each) for each in session.scalars(asked)]
    case = session.get_one(Case, scene.case_id)
    led = sa.select(Case.status).join(Referral, Referral.receiver_case_id == Case.id)
    facts["files"] = (case.status, list(session.scalars(led.where(Referral.case_id == case.id))))
    close_all()
    return facts


def tell(referral: Referral) -> Facts:
    """Tell of one referral, without moments and identifiers."""
    session = cases_session()
    sent_with = (referral.public_packet_id, referral.private_packet_id)
    given = [session.get_one(Packet, each).ended if each else "none" for each in sent_with]
    return {
        "stands": (referral.status, referral.turn, referral.was_accepted, referral.version),
        "noted": [bool(each) for each in (referral.due_at, referral.chosen_at, referral.ended_at)],
        "moves": [each.to_status for each in referral.events],
        "given": given,
    }


def count_steps() -> Counter:
    """Count what the counters say."""
    summed = sa.select(ReferralCount.step, sa.func.sum(ReferralCount.count)).group_by(ReferralCount.step)
    return Counter({f"counted {step}": int(number) for step, number in cases_session().execute(summed)})


def faults(scene: Scene) -> list[str]:
    """Name what is not whole: a file that nobody leads or two do, a count that is of nothing, a loose key."""
    session = cases_session()
    session.rollback()
    counted = count_steps()
    stands = Referral.status != S.ENTERED_IN_ERROR
    steps = {
        Step.SENT: Referral.requested_at,
        Step.ANSWERED: Referral.answered_at,
        Step.BEGAN: Referral.began_at,
        Step.ENDED: Referral.ended_at,
    }
    found = []
    for step, column in steps.items():
        rows = sa.select(sa.func.count()).where(
            stands, column.is_not(None), Referral.requested_at.is_not(None)
        )
        if counted[f"counted {step}"] != session.scalars(rows.select_from(Referral)).one():
            found.append(f"counted {step}: {counted}")
    files = look(scene, Counter())["files"]
    if [each for each in (files[0], *files[1]) if each is CaseStatus.OPEN] != [CaseStatus.OPEN]:
        found.append(f"led by none or two: {files}")
    session = cases_session()  # another: looking closes the one before
    under = sa.select(Referral.id).join(Consent, Consent.id == Referral.consent_id)
    going_on = Referral.status.in_(ending.GOING_ON)
    if session.scalars(under.where(Consent.withdrawn_at.is_not(None), going_on)).all():
        found.append("goes on under a consent that was withdrawn")
    return found + loose_ends()


# Acts: each prepares a referral and returns what is then done with it


def ask(scene: Scene, *places: Any, urgency: Urgency = Urgency.UNSTABLE) -> list[UUID]:
    """Draft what is asked of one or several, from a new file."""
    scene.case_id = make_case(scene.house, ANSWERS)
    consents = [make_grant(scene.house, scene.case_id, each.id) for each in places or (scene.other,)]
    scene.known["asked"] = draft(scene.house, scene.case_id, consents, urgency)
    return scene.known["asked"]


def bring(scene: Scene, *answers: tuple[ReferralStatus, Why]) -> UUID:
    """Send to one and bring it to where some answers lead."""
    (referral_id,) = ask(scene)
    send(scene.house, referral_id)
    read_first(scene.other, referral_id)
    for wanted, why in answers:
        answer(scene.other, referral_id, wanted, why)
    return referral_id


ACCEPTED, BEGUN = (S.ACCEPTED, Why()), (S.IN_PROGRESS, Why())


def pressing(person: Any, referral_id: UUID, what: str, **fields: str) -> Callable[[], None]:
    """Return what presses a button of the page of a referral."""
    path = f"/fr/referrals/{referral_id}"
    version = VERSION.search(person.browser.get(path).text)
    fields |= {"csrf_token": person.token(), "version": version[1] if version else ""}
    return lambda: sent(person, f"{path}/{what}", **fields)


def drafting(scene: Scene) -> Callable[[], None]:
    scene.case_id = make_case(scene.house, ANSWERS)
    consent_id = make_grant(scene.house, scene.case_id, scene.other.id)
    path = f"/fr/referrals/new/{scene.case_id}"
    fields = dict(HIDDEN.findall(scene.worker.browser.get(path).text))
    fields |= {"need": "shelter", "urgency": "u1", "recipients": str(consent_id), "do": "send"}
    return lambda: sent(scene.worker, path, **fields)


def sending(scene: Scene) -> Callable[[], None]:
    (referral_id,) = ask(scene, urgency=Urgency.TONIGHT)
    call(scene.house, referral_id)
    return pressing(scene.worker, referral_id, "send")


def receiving(scene: Scene) -> Callable[[], None]:
    (referral_id,) = ask(scene)
    send(scene.house, referral_id)
    reader = scene.known["reader"].browser

    def read() -> None:
        assert reader.get(f"/fr/referrals/{referral_id}").status_code == 200

    return read


def answering(wanted: str, *before: tuple[ReferralStatus, Why], **fields: str) -> Act:
    """Return an act of whoever is asked."""

    def act(scene: Scene) -> Callable[[], None]:
        referral_id = bring(scene, *before)
        return pressing(scene.known["reader"], referral_id, "advance", wanted=wanted, **fields)

    act.__name__ = wanted
    return act


def cancelling(scene: Scene) -> Callable[[], None]:
    return pressing(scene.worker, bring(scene, ACCEPTED), "cancel", wanted="cancelled", reason="recalled")


def striking(scene: Scene) -> Callable[[], None]:
    return pressing(scene.lead, bring(scene, ACCEPTED), "correct", strike_note="Erreur Exemple")


def choosing(scene: Scene) -> Callable[[], None]:
    places = (scene.other, scene.known["third"])
    asked = ask(scene, *places)
    for place, each in zip(places, asked, strict=True):
        send(scene.house, each)
        answer(place, each, S.ACCEPTED)
    return pressing(scene.worker, asked[0], "choose")


def leading(scene: Scene) -> Callable[[], None]:
    referral_id = bring(scene, ACCEPTED)
    fields = {"deputy": str(scene.other.deputy.user_id), "step": "Appeler", "step_on": TOMORROW}
    return pressing(scene.known["reader"], referral_id, "lead", **fields)


def withdrawing(scene: Scene) -> Callable[[], None]:
    consent_id = find(bring(scene, ACCEPTED)).consent_id
    return posting(scene, scene.worker, f"/consents/{consent_id}/withdraw", way="phone")


def expiring(scene: Scene) -> Callable[[], None]:
    bring(scene, ACCEPTED)
    return end_expired


def end_expired() -> None:
    """End what has run out, as the scheduled command does once the time of every consent is over."""
    at = now() + timedelta(days=31)
    packets.end_expired(at)
    ending.end_expired(at)


ACTS: list[Act] = [
    *(drafting, sending, receiving),
    answering("accepted"),
    answering("rejected", reason="no-capacity"),
    answering("on-hold", ACCEPTED, reason="waitlist"),
    answering("in-progress", ACCEPTED),
    answering("completed", ACCEPTED, BEGUN, reason="full"),
    answering("failed", ACCEPTED, BEGUN, reason="person-left"),
    *(cancelling, striking, choosing, leading, withdrawing, expiring),
]


def mend(act: Act) -> None:
    """Do what the scheduled command does."""
    if act is expiring:
        end_expired()
    finish_destructions(now())
    orphans.destroy_orphans(now() + LATER)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_a_move_killed_at_any_step_is_made_whole_or_not_at_all_and_what_is_left_is_mended(act, scene):
    before, rows, runs = [], [], []

    def prepare() -> Callable[[], None]:
        done = act(scene)
        rows.append(count_rows() + count_steps())
        before.append(look(scene, rows[-1]))
        return done

    for ended in kill_at_each_step(scene.app, prepare):
        found = look(scene, rows[-1])
        mend(act)
        runs.append((ended, found, look(scene, rows[-1]), faults(scene)))

    expect(act, before, runs)


def expect(act: Act, before: list[Facts], runs: list[tuple[Ended, Facts, Facts, list[str]]]) -> None:
    """Hold every run against the one that was not killed."""
    last, done, _mended, _faults = runs[-1]
    assert last.is_acknowledged
    assert done["referrals"] != before[-1]["referrals"] or done["files"] != before[-1]["files"]
    assert len(runs) > FEWEST_STEPS
    outcomes = set()
    for was, (ended, found, mended, wrong) in zip(before, runs, strict=True):
        where = f"killed at step {ended.step}"
        assert mended in ([done] if ended.is_acknowledged or act is expiring else [was, done]), where
        assert mended == found or act is expiring, where
        assert wrong == [], where
        outcomes.add(found == done)
    assert outcomes == {True, False}
