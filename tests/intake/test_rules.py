"""Rules of an organization, and the clocks of each kind of record."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from referral.access.policy import Role
from referral.audit.models import CasesAuditEvent
from referral.intake import endings, keeping, models, rules
from referral.intake.follow_ups import day_of
from referral.intake.keeping import KeepRefusedError
from referral.intake.life import close_case
from referral.intake.models import Case, Certificate, Disclosure, Incident
from referral.intake.retention import answer_by, is_announced, is_over, latest_stay, move_end, register_until
from referral.intake.rules import DEFAULTS, Rules, RulesChangedError, read_rules, save_rules
from referral.intake.safe import make_safe, open_safe
from referral.intake.vocabulary import Basis, CaseStatus, CertificateKind, Closure, DestructionReason
from referral.keyring.models import Kind
from referral.keyring.services import KeyDestroyedError, Thing
from referral.shared import tick
from referral.shared.clock import now
from referral.shared.database import CASES, cases_session, writing
from tests.conftest import ON_ONE_BACKEND
from tests.intake.filing import enter, held_case, make_actor, make_case, make_draft, make_house
from tests.intake.test_incidents import enter_incident

pytestmark = pytest.mark.usefixtures("client")
DAY = date(2026, 3, 1)


def close(house, months=24, answers=None):
    case_id = make_case(house, answers)
    with held_case(case_id, house.worker) as held:
        close_case(held, Closure.GOALS_MET, "", months)
    return case_id


def end_on(case_id, day):
    """Let a closed file end on a day."""
    with writing(cases_session(), CASES) as session:
        session.get_one(Case, case_id).keep_until = day


def decide(house, **more):
    held = read_rules(cases_session(), house.id)
    wanted = Rules(**{**held.as_fields(), "version": held.version, **more})
    with writing(cases_session(), CASES) as session:
        return save_rules(session, house.id, wanted, house.lead, now())


def case_of(case_id):
    cases_session().rollback()
    return cases_session().get_one(Case, case_id)


def test_a_request_has_thirty_days_and_a_register_five_years():
    assert answer_by(DAY) == date(2026, 3, 31)
    assert register_until(date(2024, 2, 29)) == date(2029, 2, 28)


def test_a_record_is_kept_on_its_last_day_and_announced_thirty_days_before():
    assert not is_over(DAY, DAY)
    assert is_over(DAY, DAY + timedelta(days=1))
    assert not is_over(None, DAY)
    assert is_announced(DAY + timedelta(days=30), DAY)
    assert not is_announced(DAY + timedelta(days=31), DAY)


def test_shorter_rules_leave_thirty_days_to_whatever_they_would_end_at_once():
    assert move_end(date(2020, 1, 1), DAY) == date(2026, 3, 31)
    assert move_end(date(2027, 1, 1), DAY) == date(2027, 1, 1)
    assert latest_stay(DAY) == date(2027, 3, 1)


def test_nothing_decided_is_two_years_and_no_legal_names(house):
    assert read_rules(cases_session(), house.id) == DEFAULTS == Rules(24, False, None, 0)  # noqa: FBT003


def test_who_decides_upon_older_rules_is_shown_the_newer(house):
    decide(house, case_months=12)

    with pytest.raises(RulesChangedError) as raised, writing(cases_session(), CASES) as session:
        save_rules(session, house.id, Rules(36, version=0), house.lead, now())

    assert raised.value.theirs.case_months == 12


def test_closed_files_end_by_the_new_rule_but_never_without_a_warning(session, house):
    case_id, other = close(house), close(make_house(session, "Autre Exemple"))
    before = case_of(other).keep_until
    decide(house, case_months=1)
    soon = case_of(case_id).keep_until
    decide(house, case_months=120)

    assert soon >= day_of(now()) + timedelta(days=28)
    assert case_of(case_id).keep_until.year == now().year + 10
    assert case_of(other).keep_until == before


def test_a_file_that_was_kept_longer_does_not_move_with_the_rules(house):
    case_id, today = close(house), day_of(now())
    end_on(case_id, today + timedelta(days=5))
    keep(house, case_id, today + timedelta(days=200))
    decide(house, case_months=1)

    assert case_of(case_id).keep_until == today + timedelta(days=200)


def keep(house, case_id, until, reason="Recours en cours"):
    with held_case(case_id, house.lead) as held:
        keeping.keep_longer(held, until, reason, day_of(held.at))


def test_a_file_is_kept_longer_once_for_twelve_months_at_most_and_only_when_it_is_about_to_end(house):
    case_id, today = close(house), day_of(now())
    refused = []
    for ends, until in (
        (today + timedelta(days=31), today + timedelta(days=60)),
        (today + timedelta(days=30), today + timedelta(days=30)),
        (today + timedelta(days=30), latest_stay(today + timedelta(days=30)) + timedelta(days=1)),
    ):
        end_on(case_id, ends)
        with pytest.raises(KeepRefusedError) as raised:
            keep(house, case_id, until)
        refused.append(raised.value.reason)
    keep(house, case_id, latest_stay(today + timedelta(days=30)))
    end_on(case_id, today)
    with pytest.raises(KeepRefusedError) as raised:
        keep(house, case_id, today + timedelta(days=9))

    assert [*refused, raised.value.reason] == ["not-ending", "too-soon", "too-late", "once"]


def test_why_a_file_is_kept_longer_is_sealed_in_it_and_not_in_the_audit(house):
    case_id, today = close(house), day_of(now())
    end_on(case_id, today)
    keep(house, case_id, today + timedelta(days=9), "Plainte-Exemple en cours")
    event = (
        cases_session()
        .scalars(sa.select(models.CaseEvent).where(models.CaseEvent.kind == "kept-longer"))
        .one()
    )

    assert open_safe(case_id).open(f"event.{event.id}", event.sealed)["reason"] == "Plainte-Exemple en cours"
    acts = cases_session().scalars(sa.select(CasesAuditEvent).order_by(CasesAuditEvent.number)).all()
    assert acts[-1].action == "change"
    assert "Plainte" not in str([vars(act) for act in acts])


def test_a_closed_file_is_destroyed_after_its_last_day_with_a_certificate(house):
    due, kept = close(house), close(house)
    end_on(due, day_of(now()) - timedelta(days=1))
    end_on(kept, day_of(now()))
    endings.destroy_due(now())

    assert case_of(due).status is CaseStatus.ERASED
    assert case_of(kept).status is CaseStatus.CLOSED
    with pytest.raises(KeyDestroyedError):
        open_safe(due)
    row = cases_session().scalars(sa.select(Certificate)).one()
    assert (row.subject_id, row.reason, row.requested_by) == (due, DestructionReason.RETENTION, None)
    assert row.completed_at is not None


def test_destroying_again_destroys_nothing_twice(house):
    end_on(close(house), day_of(now()) - timedelta(days=1))
    endings.destroy_due(now())
    endings.destroy_due(now())

    assert len(cases_session().scalars(sa.select(Certificate)).all()) == 1


def test_an_open_file_and_an_old_draft_are_never_destroyed_by_themselves(house):
    kept = make_case(house), make_draft(house)
    with writing(cases_session(), CASES) as session:
        for case_id in kept:
            row = session.get_one(Case, case_id)
            row.keep_until, row.updated_at = date(2020, 1, 1), now() - timedelta(days=2000)
    endings.destroy_due(now())

    assert {case_of(each).status for each in kept} == {CaseStatus.OPEN, CaseStatus.DRAFT}
    assert [case.id for case in keeping.list_stale_drafts(cases_session(), house.id, now())] == [kept[1]]


def make_disclosure(house, made_at):
    case_id, row_id = make_case(house), uuid.uuid4()
    safe = make_safe(Thing(Kind.DISCLOSURE, row_id, house.id), now())
    with writing(cases_session(), CASES) as session:
        session.add(
            Disclosure(
                id=row_id,
                organization_id=house.id,
                case_id=case_id,
                basis=Basis.CHILD,
                made_at=made_at,
                author_id=house.worker.user_id,
                author_name="Alex Exemple",
                sealed=safe.seal("x", "x"),
            )
        )
    return row_id


def test_registers_let_go_of_an_entry_after_five_years_and_not_a_day_before(house):
    old, young = (make_disclosure(house, now() - timedelta(days=365 * 5 + days)) for days in (4, -1))
    due, kept = enter_incident(house), enter_incident(house)
    with writing(cases_session(), CASES) as session:
        session.get_one(Incident, due).keep_until = day_of(now()) - timedelta(days=1)
        session.get_one(Incident, kept).keep_until = day_of(now())
    endings.destroy_due(now())

    assert cases_session().scalars(sa.select(Disclosure.id)).all() == [young]
    assert cases_session().scalars(sa.select(Incident.id)).all() == [kept]
    for gone in (old, due):
        with pytest.raises(KeyDestroyedError):
            open_safe(gone)
    kinds = set(cases_session().scalars(sa.select(Certificate.kind)))
    assert kinds == {CertificateKind.DISCLOSURE, CertificateKind.INCIDENT}


def test_the_scheduled_command_does_it(app, session):
    names = {job.name for job in tick.list_jobs()}

    assert "cases_endings" in names


PAGE = "/en/cases/rules"
TYPED = {"case_months": "12", "privacy_contact": "Responsable de l’accès", "version": "0"}


def test_those_in_charge_decide_on_the_page(app, session, house):
    privacy = make_actor(session, house.id, "Dominique Exemple", Role.PRIVACY_OFFICER)
    person = enter(app, session, privacy)

    assert person.post(PAGE, **TYPED).status_code == 303
    cases_session().rollback()
    assert read_rules(cases_session(), house.id) == Rules(12, False, "Responsable de l’accès", 1)  # noqa: FBT003


def test_nobody_else_sees_or_decides(app, session, house):
    editor = make_actor(session, house.id, "Éloïse Exemple", Role.PARTNER_EDITOR)
    for actor in (house.worker, editor):
        person = enter(app, session, actor)
        assert person.browser.get(PAGE).status_code == 404
        assert person.post(PAGE, **TYPED).status_code == 404
        assert person.browser.get("/en/cases/certificates").status_code == 404


@ON_ONE_BACKEND
@pytest.mark.parametrize("months", ["0", "121", "-1", "x", "", "9" * 400])
def test_months_that_make_no_sense_are_refused_and_nothing_typed_is_lost(app, session, house, months):
    answer = enter(app, session, house.lead).post(PAGE, **{**TYPED, "case_months": months})

    assert answer.status_code == 422
    assert "Responsable de l’accès" in answer.text


def test_two_who_decide_at_once_are_shown_both(app, session, house):
    person = enter(app, session, house.lead)
    person.post(PAGE, **TYPED)
    answer = person.post(PAGE, **{**TYPED, "case_months": "36"})

    assert answer.status_code == 409
    assert ">12<" in answer.text.replace("\n", "").replace(" ", "")
    assert ">36<" in answer.text.replace("\n", "").replace(" ", "")
    again = person.post(PAGE, **{**TYPED, "case_months": "36", "version": "1"})
    assert again.status_code == 303


def test_what_ends_within_thirty_days_is_announced_to_those_in_charge_of_it_alone(app, session, house):
    case_id, later = close(house), close(house)
    end_on(case_id, day_of(now()) + timedelta(days=30))
    end_on(later, day_of(now()) + timedelta(days=31))
    other = make_house(session, "Autre Exemple")
    code, after = case_of(case_id).code, case_of(later).code

    page = enter(app, session, house.lead).browser.get(PAGE).text
    assert code in page
    assert after not in page
    assert code not in enter(app, session, other.lead).browser.get(PAGE).text


def test_a_file_is_kept_longer_from_the_page(app, session, house):
    case_id, today = close(house), day_of(now())
    end_on(case_id, today)
    person, path = enter(app, session, house.lead), f"/en/cases/{case_id}/rights/keep"
    until = (today + timedelta(days=90)).isoformat()

    assert person.browser.get(path).status_code == 200
    assert person.post(path, until=until, reason="").status_code == 422
    assert person.post(path, until=until, reason="Recours").status_code == 303
    assert person.post(path, until=until, reason="Recours").status_code == 422
    assert enter(app, session, house.worker).browser.get(path).status_code == 404
    assert case_of(case_id).keep_until == today + timedelta(days=90)


def test_the_audit_calls_the_rules_by_their_name(house):
    decide(house, case_months=12)
    row = cases_session().scalars(sa.select(CasesAuditEvent)).one()

    assert (row.target_type, row.target_id, row.action) == (rules.RULES, str(house.id), "change")
