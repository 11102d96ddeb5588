"""Which services the directory proposes for what somebody needs; looked up at each view, never kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from referral.access.policy import Actor, Permission, Target, permits
from referral.accounts.forms import PlainForm
from referral.directory.cards import region_name
from referral.directory.live import find_lesser, list_lines
from referral.edition.reader import NoEditionError, current_edition
from referral.intake.answers import read_answers
from referral.intake.areas import cases
from referral.intake.file_page import name_organizations
from referral.intake.file_words import NEEDS
from referral.intake.finding import open_file
from referral.intake.matching import Wanted, list_sought, read_wanted
from referral.intake.matching_words import SOUGHT
from referral.intake.proposing import Proposal, Proposals, Search, follow_moves
from referral.intake.unmet import hand_over_from_file, list_unmet
from referral.intake.vocabulary import CaseStatus, Need, NeedState, Said
from referral.shared.clock import now
from referral.shared.database import cases_session, directory_session

CONSENT = "cases.read_consent"
GAPS = "gaps.begin_gap"


@cases.get("/<uuid:case_id>/services")
def show_matches(case_id: UUID) -> ResponseReturnValue:
    """Propose services for each need; what she did not say limits nothing."""
    case, safe, actor = open_file(case_id)
    answers = read_answers(cases_session(), case.id, safe)
    values = {name: each.value for name, each in answers.items() if each.said is Said.ANSWERED}
    wanted, sought = read_wanted(values), list_sought(values.get("needs"))
    for_workers = permits(actor, Permission.LISTING_READ_FOR_WORKERS)
    found = find_proposals(wanted, sought, for_workers=for_workers)
    target = Target(case.organization_id, case.owner_id)
    may_consent = case.status is CaseStatus.OPEN and permits(actor, Permission.CONSENT_RECORD, target)
    return render_template(
        "cases/matches.html",
        case=case,
        found=found,
        live=_list_lines(found or (), for_workers=for_workers),
        needs=NEEDS,
        states=SOUGHT,
        regions=[region_name(code) for code in wanted.regions],
        avoided=_name_avoided(wanted, values),
        for_workers=for_workers and "listings.show_for_workers" in current_app.view_functions,
        consent=PlainForm() if may_consent and CONSENT in current_app.view_functions else None,
        own=str(case.organization_id),
        unmet=list_unmet(values.get("needs")),
        **_offer_gaps(actor, values),
    )


def _offer_gaps(actor: Actor, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what each need hands over to who may tell that nothing met it."""
    may_tell = permits(actor, Permission.GAP_TELL) and GAPS in current_app.view_functions
    codes = {need: hand_over_from_file(need, values) for need in Need} if may_tell else {}
    return {"gaps": codes, "gap_form": PlainForm() if may_tell else None}


def find_proposals(
    wanted: Wanted, sought: Sequence[tuple[Need, NeedState]], *, for_workers: bool
) -> list[Proposals] | None:
    """Return what is proposed need by need; None where no edition of the directory can be read."""
    try:
        edition = current_edition()
    except NoEditionError:
        return None
    lesser = find_lesser(edition, for_workers=for_workers)
    search = Search(edition, follow_moves(edition, wanted), now(), lesser)
    return [search.propose(need, state) for need, state in sought]


def _list_lines(found: Sequence[Proposals], *, for_workers: bool) -> Mapping[str, Any]:
    """Return what holds tonight of all that is shown, asked once."""
    shown: dict[str, Proposal] = {
        proposal.listing.id: proposal for each in found for proposal in (*each.fitting, *each.near)
    }
    return list_lines([each.listing for each in shown.values()], for_workers=for_workers)


def _name_avoided(wanted: Wanted, values: Mapping[str, Any]) -> list[str]:
    organizations = values.get("organizations_to_avoid") or ()
    named = name_organizations(directory_session(), organizations) if organizations else []
    return [*named, *(region_name(code) for code in sorted(wanted.regions_to_avoid))]
