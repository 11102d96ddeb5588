"""Every address of case files, asked by everybody: whose file it is, to whom a part was sent, and others."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from referral.access.policy import Role
from referral.accounts.models import Membership, Stage, User
from tests.conftest import ON_ONE_BACKEND
from tests.intake.filing import enter, make_actor, make_house
from tests.security.people import sign_in
from tests.security.planting import plant
from tests.security.test_who_gets_in import gets_in
from tests.security.walking import address

NOBODY = frozenset({"nobody", "waiting", "editor", "vetter", "operator", "privacy of all"})
"""Who gets in nowhere."""
KEEPERS = frozenset({"owner", "worker", "lead"})
"""Whoever keeps files where this one is."""
IN_CHARGE = frozenset({"lead", "privacy"})
ASSIGNS = frozenset({"owner", "lead"})
EXPORTS = frozenset({"owner", "lead", "privacy"})
READS_RIGHTS = KEEPERS | {"privacy"}
RECEIVERS = frozenset({"receiver", "receiver lead"})
ANY_KEEPER = KEEPERS | RECEIVERS | {"elsewhere"}
"""Whoever keeps files anywhere: for what is her own organization's."""
ANY_IN_CHARGE = IN_CHARGE | {"receiver lead"}
ANY_LEAD = frozenset({"lead", "receiver lead"})
BOTH_SIDES = KEEPERS | RECEIVERS
"""Whoever keeps files at either end of a referral."""
EXPECTED = {
    "cases.add_request": READS_RIGHTS,
    "cases.answer_request": READS_RIGHTS,
    "cases.begin": ANY_KEEPER,
    "cases.begin_incident": ANY_IN_CHARGE,
    "cases.change_incident": IN_CHARGE,
    "cases.change_people": ASSIGNS,
    "cases.change_rules": ANY_IN_CHARGE,
    "cases.change_step": KEEPERS,
    "cases.close": KEEPERS,
    "cases.destroy_name": KEEPERS,
    "cases.disclose": KEEPERS,
    "cases.download_copy": EXPORTS,
    "cases.end_agreement": ANY_LEAD,
    "cases.enter_open": ANY_KEEPER,
    "cases.erase": IN_CHARGE,
    "cases.export_incidents": ANY_IN_CHARGE,
    "cases.find_files": ANY_KEEPER,
    "cases.hand_over": ANY_KEEPER,
    "cases.intake": KEEPERS,
    "cases.intake_step": KEEPERS,
    "cases.keep_longer": IN_CHARGE,
    "cases.list_agreements": ANY_LEAD,
    "cases.list_certificates": ANY_IN_CHARGE,
    "cases.list_consents": KEEPERS,
    "cases.list_disclosures": ANY_IN_CHARGE,
    "cases.list_files": ANY_KEEPER,
    "cases.list_incidents": ANY_IN_CHARGE,
    "cases.list_received": ANY_KEEPER,
    "cases.new": ANY_KEEPER,
    "cases.open_draft": KEEPERS,
    "cases.paper_intake": ANY_KEEPER,
    "cases.paper_plan": ANY_KEEPER,
    "cases.propose_agreement": ANY_LEAD,
    "cases.read_consent": KEEPERS,
    "cases.recall_packet": KEEPERS,
    "cases.reopen": KEEPERS,
    "cases.save_intake": KEEPERS,
    "cases.save_step": KEEPERS,
    "cases.see_contact": KEEPERS,
    "cases.send_now": KEEPERS,
    "cases.show": KEEPERS,
    "cases.show_agreement": ANY_LEAD,
    "cases.show_commission_notice": IN_CHARGE,
    "cases.show_copy": EXPORTS,
    "cases.show_incident": IN_CHARGE,
    "cases.show_matches": KEEPERS,
    "cases.show_name": KEEPERS,
    "cases.show_person_notice": IN_CHARGE,
    "cases.show_receipt": KEEPERS,
    "cases.show_received": RECEIVERS,
    "cases.show_rights": READS_RIGHTS,
    "cases.show_rules": ANY_IN_CHARGE,
    "cases.sign_agreement": ANY_LEAD,
    "cases.tell_follow_up": KEEPERS,
    "cases.withdraw_consent": KEEPERS,
    "cases.write_name": KEEPERS,
    "referrals.advance": RECEIVERS,
    "referrals.answer": RECEIVERS,
    "referrals.ask_by_telephone": KEEPERS,
    "referrals.begin": KEEPERS,
    "referrals.cancel": KEEPERS,
    "referrals.change_hours": ANY_LEAD,
    "referrals.choose": KEEPERS,
    "referrals.confirm_call": KEEPERS,
    "referrals.correct": ANY_LEAD,
    "referrals.hours": ANY_LEAD,
    "referrals.lead": RECEIVERS,
    "referrals.make_link": KEEPERS,
    "referrals.note_call": KEEPERS,
    "referrals.note_outcome": KEEPERS,
    "referrals.propose_way": RECEIVERS,
    "referrals.queues": ANY_KEEPER,
    "referrals.reports": ANY_LEAD,
    "referrals.reports_leaving": ANY_LEAD,
    "referrals.let_leave": ANY_LEAD,
    "referrals.take_reports": ANY_LEAD,
    "referrals.take_leaving": frozenset(),  # nothing has left yet
    "referrals.send_draft": KEEPERS,
    "referrals.show": BOTH_SIDES,
    "referrals.show_next": KEEPERS,
    "referrals.show_outcome": KEEPERS,
    "referrals.write_message": BOTH_SIDES,
}
AREAS = ("cases.", "referrals.")
VISITORS = ("gone", *sorted(NOBODY), *sorted(READS_RIGHTS), *sorted(RECEIVERS), "elsewhere")


def rules_of_files(app):
    """Return every rule of the areas of case files and of referrals."""
    return sorted((r for r in app.url_map.iter_rules() if r.endpoint.startswith(AREAS)), key=str)


def open_browser(app, session, visitor, house, receiver):
    """Return the browser of a visitor."""
    if visitor == "nobody":
        return app.test_client()
    if visitor == "waiting":
        lead = session.get_one(User, house.lead.user_id)
        return sign_in(app, session, lead, Stage.FACTOR).browser
    if visitor == "gone":
        return open_after_leaving(app, session, house)
    people = {
        "owner": house.worker,
        "worker": house.deputy,
        "lead": house.lead,
        "receiver": receiver.worker,
        "receiver lead": receiver.lead,
        "elsewhere": make_house(session, "Centre Exemple").worker,
    }
    if visitor in people:
        return enter(app, session, people[visitor]).browser
    place, role = {
        "privacy": (house.id, Role.PRIVACY_OFFICER),
        "editor": (house.id, Role.PARTNER_EDITOR),
        "vetter": (None, Role.VETTER),
        "operator": (None, Role.OPERATOR),
        "privacy of all": (None, Role.PRIVACY_OFFICER),
    }[visitor]
    return enter(app, session, make_actor(session, place, "Dany Exemple", role)).browser


def open_after_leaving(app, session, house):
    """Return the browser of somebody who kept files of the house until her access ended."""
    person = make_actor(session, house.id, "Dany Exemple", Role.INTAKE_WORKER)
    browser = enter(app, session, person).browser
    session.execute(sa.delete(Membership).where(Membership.user_id == person.user_id))
    session.commit()
    return browser


def test_every_address_of_case_files_says_here_whom_it_is_for(app):
    assert {rule.endpoint for rule in rules_of_files(app)} == EXPECTED.keys()


@ON_ONE_BACKEND
@pytest.mark.parametrize("visitor", VISITORS)
def test_an_address_of_case_files_opens_for_those_whom_the_policy_names(app, client, session, visitor):
    house, receiver = make_house(session), make_house(session, "Refuge Exemple")
    planted = plant(house, receiver)
    browser = open_browser(app, session, visitor, house, receiver)
    inside = {
        rule.endpoint
        for rule in rules_of_files(app)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        if gets_in(browser, method, address(app, rule, planted))
    }
    assert inside == {endpoint for endpoint, who in EXPECTED.items() if visitor in who}
