"""Making one of two, without losing anything and without going round what a change needs."""

from __future__ import annotations

import uuid

import pytest
import sqlalchemy as sa

from referral.access.policy import Role
from referral.accounts.models import Membership
from referral.catalogue.change_models import (
    FieldChange,
    ListingDraft,
    Proposal,
    ServiceCapacity,
    TemporaryClosure,
)
from referral.catalogue.fields import Ages
from referral.catalogue.listing import PhoneNumber
from referral.catalogue.models import FactSource, Organization, Phone, Service, TaxonomyTerm
from referral.catalogue.trust import Trust
from referral.catalogue.values import read_values
from referral.catalogue.vetting_models import Moved
from referral.evidence.kinds import FlagKind
from referral.evidence.models import ListingFlag
from referral.evidence.services import flag_listing
from referral.partners import merging
from referral.shared.bilingual import Bilingual
from referral.shared.clock import now
from referral.shared.database import writing
from tests.edition.conftest import Directory, build
from tests.partners.vetters import SHELTER, count, fresh_reader, plain, propose, read, seat

__all__ = ["build", "fresh_reader"]


@pytest.fixture
def directory(session):
    return Directory(session)


@pytest.fixture
def desk(app, session):
    return seat(app, session)


@pytest.fixture
def both(session, directory):
    """The ids of the listing that stays and of the other one, whose values differ."""
    stays = directory.add("Écoute Exemple", email="stays@exemple.example", minimum_age=16)
    other = directory.add("Écoute de l’Exemple", description=Bilingual("Un texte.", None), minimum_age=18)
    ids = stays.id, other.id
    session.rollback()
    with writing(session):
        kept = session.get_one(Service, ids[1])
        kept.phones[0].number = "+15145550199"
        kept.sources.append(
            FactSource(fact="listing", url="https://exemple.example", date=None, confidence="high")
        )
    return ids


def merge(desk, ids, **choices):
    fields = {f"choice-{name}": choice for name, choice in choices.items()}
    return desk.post(f"/pairs/{ids[0]}/{ids[1]}/merge", fields)


def values(session, service_id):
    session.rollback()
    return read_values(session, session.get(Service, service_id, populate_existing=True))


def test_one_stays_and_the_other_is_retired(session, both, desk):
    assert merge(desk, both).status_code == 303

    assert read(session, Service, both[0]).trust is Trust.SOURCED
    assert read(session, Service, both[1]).trust is Trust.RETIRED


@pytest.mark.parametrize(("choice", "least"), [("stays", 16), ("other", 18)])
def test_the_value_that_stays_is_chosen_by_field(session, both, desk, choice, least):
    merge(desk, both, ages=choice)

    assert values(session, both[0])["ages"] == Ages(least)


def test_what_is_chosen_is_kept_in_the_history(session, both, desk):
    merge(desk, both, ages="other", description="other")

    session.rollback()
    fields = session.scalars(sa.select(FieldChange.field).where(FieldChange.service_id == both[0])).all()
    assert set(fields) == {"ages", "description"}


def test_numbers_are_never_written_by_a_merge_but_proposed(session, both, desk):
    merge(desk, both, phones="both")
    (proposal,) = session.scalars(sa.select(Proposal)).all()

    assert [phone.number for phone in values(session, both[0])["phones"]] == ["+15145550100"]
    assert [each.field for each in proposal.changes] == ["phones"]
    assert "+15145550199" in proposal.changes[0].value_after


def test_nothing_of_a_confidential_listing_is_written_by_a_merge(session, directory, desk):
    shelter = directory.add("Maison Exemple", **SHELTER).id
    session.rollback()
    other = Directory(session, terms=directory.terms).add("Maison Exemple", minimum_age=18).id
    merge(desk, (shelter, other), ages="other")

    assert values(session, shelter)["ages"] == Ages()
    assert count(session, Proposal) == 1


def fill(session, service_id, desk):
    """Hang from a listing one of everything that a merge must not lose."""
    propose(session, session.get(Service, service_id), ages=Ages(20))
    session.rollback()
    with writing(session):
        flag_listing(session, service_id, FlagKind.HOURS, "", "fr", now())
        common = {"service_id": service_id}
        session.add_all(
            [
                FieldChange(**common, field="cost", changed_by="Exemple", via="account", changed_at=now()),
                ListingDraft(
                    **common, user_id=desk.person.user_id, typed="{}", listing_version=1, saved_at=now()
                ),
                ServiceCapacity(**common, unit="bed", state="full", updated_at=now()),
                TemporaryClosure(
                    **common,
                    starts_on=now().date(),
                    reason=Bilingual(None, None),
                    told_by="Exemple",
                    via="account",
                    told_at=now(),
                ),
            ]
        )


HUNG = (Proposal, ListingFlag, ListingDraft, ServiceCapacity, TemporaryClosure, FieldChange, FactSource)


def test_all_that_hangs_from_the_other_one_moves(session, both, desk):
    fill(session, both[1], desk)
    before = {model: count(session, model) for model in HUNG}
    merge(desk, both)
    session.rollback()

    for model in HUNG:
        owners = set(session.scalars(sa.select(model.service_id)))
        assert (model, owners, count(session, model)) == (model, {both[0]}, before[model])


def test_a_row_that_would_be_there_twice_stays_where_it_was(session, both, desk):
    for service_id in both:
        session.rollback()
        with writing(session):
            session.add(
                ListingDraft(
                    service_id=service_id,
                    user_id=desk.person.user_id,
                    typed="{}",
                    listing_version=1,
                    saved_at=now(),
                )
            )
    merge(desk, both)
    session.rollback()

    assert set(session.scalars(sa.select(ListingDraft.service_id))) == set(both)


def test_the_steps_of_both_are_read_together(session, both, desk):
    merge(desk, both)

    assert "n’est plus affichée" in plain(desk.get(f"/services/{both[0]}/step").text)


def test_the_address_of_the_other_leads_to_the_one_that_stays(session, both, desk, build, client):
    build()
    merge(desk, both)
    answer = client.get(f"/en/services/{both[1]}")

    assert (answer.status_code, answer.headers["Location"]) == (301, f"/en/services/{both[0]}")


def test_what_was_merged_twice_leads_to_the_last_one(session, both, desk, build, client):
    last = (
        Directory(session, terms={("categories", "legal_aid"): session.query(TaxonomyTerm).one()})
        .add("Dernier Exemple")
        .id
    )
    session.rollback()
    build()
    merge(desk, both)
    merge(desk, (last, both[0]))

    assert client.get(f"/fr/services/{both[1]}").headers["Location"] == f"/fr/services/{last}"


def test_a_merge_is_undone_by_taking_the_retired_one_back(session, both, desk, build, client):
    fill(session, both[1], desk)
    merge(desk, both)
    desk.post(
        f"/services/{both[1]}/step",
        {"shown": "retired", "wanted": "candidate", "method": "phone", "outcome": "doubt"},
    )
    session.rollback()

    assert set(session.scalars(sa.select(ListingFlag.service_id))) == {both[1]}
    assert count(session, Moved) == 0
    assert read(session, Service, both[1]).trust is Trust.CANDIDATE


def test_what_became_part_of_another_is_not_merged_again(session, both, desk):
    merge(desk, both)

    assert merge(desk, both).status_code == 409
    assert count(session, Moved) == 1


@pytest.mark.parametrize("path", ["/pairs/{0}/{0}", "/pairs/{0}/{1}"])
def test_one_alone_is_no_pair(session, both, desk, path):
    assert desk.get(path.format(both[0], uuid.uuid4())).status_code == 404


def test_a_pair_shows_only_what_differs(session, both, desk):
    text = plain(desk.get(f"/pairs/{both[0]}/{both[1]}").text)

    assert "Un texte." in text
    assert "Stationnement" not in text


def test_organizations_become_one_with_their_services_and_people(app, session, both, desk):
    session.rollback()
    stays, other = (session.get(Service, id_).organization_id for id_ in both)
    seat(app, session, "Camille Exemple", Role.PARTNER_EDITOR, other)
    merge(desk, (stays, other), name="other")
    session.rollback()

    assert {session.get(Service, id_).organization_id for id_ in both} == {stays}
    assert session.scalars(
        sa.select(Membership.organization_id).where(Membership.role == Role.PARTNER_EDITOR)
    ).all() == [stays]
    assert session.get(Organization, stays).name.fr == "Organisme Exemple 2"


def test_the_page_of_a_merged_organization_leads_to_the_other(session, both, desk, build, client):
    session.rollback()
    stays, other = (session.get(Service, id_).organization_id for id_ in both)
    build()
    merge(desk, (stays, other))

    assert client.get(f"/fr/organizations/{other}").headers["Location"] == f"/fr/organizations/{stays}"


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.PRIVACY_OFFICER])
def test_only_vetters_merge(app, session, both, role):
    somebody = seat(app, session, "Maxime Exemple", role)

    assert merge(somebody, both).status_code == 404
    assert count(session, Moved) == 0


def test_two_lists_are_united_without_repeating():
    mine = (PhoneNumber("+15145550100"),)
    theirs = (PhoneNumber("+15145550100"), PhoneNumber("+15145550199"))

    assert merging.choose("phones", mine, theirs, "both") == (mine[0], theirs[1])
    assert merging.choose("eligibility", {"a": "yes"}, {"a": "no", "b": "no"}, "both") == {
        "a": "yes",
        "b": "no",
    }


def test_no_number_is_lost_of_the_one_that_is_retired(session, both, desk):
    merge(desk, both, phones="stays")
    session.rollback()

    assert session.scalars(sa.select(Phone.number).where(Phone.service_id == both[1])).all() == [
        "+15145550199"
    ]
