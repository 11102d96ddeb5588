from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from referral.access.policy import Actor
from referral.audit.models import AuditEvent
from referral.catalogue import changes
from referral.catalogue.change_models import (
    ChangeStatus,
    FieldChange,
    LanguageToReview,
    Proposal,
    ProposalStatus,
    ProposedChange,
    Via,
)
from referral.catalogue.changes import Author, ChangedSinceError, DecidedAlreadyError, NotCalledError
from referral.catalogue.checking import ValuesRefusedError
from referral.catalogue.fields import FIELDS, Ages, Hours, Lacks, ServedArea, Territory, encode
from referral.catalogue.importing import import_catalogue
from referral.catalogue.listing import Opening, PhoneNumber, SpokenLanguage, Text
from referral.catalogue.models import Revision, Service
from referral.catalogue.trust import Trust
from referral.catalogue.values import read_values
from referral.shared.database import writing
from tests.catalogue.making import make_row, make_shelter, write_services

AT = datetime(2026, 11, 24, 15, tzinfo=UTC)
EDITOR = Author(Actor("Camille Exemple", user_id=uuid4()), Via.ACCOUNT)
VETTER = Actor("Dominique Exemple", user_id=uuid4())
OTHER_VETTER = Actor("Alex Exemple", user_id=uuid4())
NEW_NUMBER = (PhoneNumber("+15145550199"),)
NIGHT = Hours(openings=(Opening(("FR", "SA"), time(20), time(2)),))

SAMPLES = {
    "name": Text("Écoute Exemple", "Example Listening"),
    "description": Text("Un autre texte.", "Another text."),
    "phones": (PhoneNumber("+15145550199", "voice", description=Text("jour", "day")),),
    "email": "aide@exemple.example",
    "website": "https://exemple.example/aide",
    "referral_routes": ("professional", "self"),
    "hours": NIGHT,
    "categories": ("legal_aid", "mental_health"),
    "clientele": ("women",),
    "ages": Ages(16, 30),
    "languages": (SpokenLanguage("es", "interpreter"), SpokenLanguage("fr", "spoken")),
    "area": Territory(
        areas=(ServedArea("06"), ServedArea("16", "Longueuil")), description=Text("Autour", "Near")
    ),
    "eligibility": {"accepts_pets": "yes", "id_required": "no"},
    "cost": "free",
    "required_documents": (Text("Une pièce d’identité", "Identification"),),
    "accessibility": {"wheelchair": "yes"},
    "lacks": Lacks(("room", "staff"), Text("Plus de lits", "More beds")),
}


def bring(session, folder, row):
    with writing(session):
        import_catalogue(session, write_services(folder, row), "Exemple")
    return session.scalars(sa.select(Service)).one()


@pytest.fixture
def service(session, tmp_path):
    """A listing that an import brought."""
    return bring(session, tmp_path, make_row())


@pytest.fixture
def shelter(session, tmp_path):
    """A listing whose place is confidential."""
    return bring(session, tmp_path, make_shelter())


def propose(session, service, author=EDITOR, **values):
    with writing(session):
        return changes.propose(session, service, values, author, AT)


def approve(session, change, vetter=VETTER, **options):
    with writing(session):
        return changes.approve(session, change, vetter, AT, **options)


def only_change(session):
    return session.scalars(sa.select(ProposedChange)).one()


def call(session, change):
    with writing(session):
        changes.note_call(change, "+15145550123", VETTER, AT)


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_what_is_written_to_a_field_is_read_back(session, service, name):
    with writing(session):
        changes.apply_values(session, service, {name: SAMPLES[name]}, EDITOR, AT)
    session.expire_all()

    assert read_values(session, session.get(Service, service.id))[name] == SAMPLES[name]


def test_every_field_can_be_read(session, service):
    assert read_values(session, service).keys() == FIELDS.keys()


def test_hours_count_at_once(session, service):
    outcome = propose(session, service, hours=NIGHT)

    assert (outcome.applied, outcome.proposal) == (("hours",), None)
    assert read_values(session, service)["hours"] == NIGHT


def test_what_counts_at_once_is_a_revision_of_the_directory(session, service):
    outcome = propose(session, service, hours=NIGHT)

    assert outcome.revision == service.revision == session.scalar(sa.select(sa.func.max(Revision.number)))


def test_what_an_organization_lacks_is_no_revision(session, service):
    assert propose(session, service, lacks=Lacks(("room",))).revision is None


@pytest.mark.parametrize("name", ["phones", "website", "email", "referral_routes", "description", "name"])
def test_what_leads_to_a_service_never_changes_at_once(session, service, name):
    before = read_values(session, service)[name]
    outcome = propose(session, service, **{name: SAMPLES[name]})

    assert outcome.applied == ()
    assert read_values(session, service)[name] == before


def test_a_proposal_keeps_what_was_and_what_would_be(session, service):
    before = read_values(session, service)["ages"]
    propose(session, service, ages=Ages(16))
    change = only_change(session)

    assert (change.value_before, change.value_after) == (encode("ages", before), encode("ages", Ages(16)))


def test_nothing_changed_is_no_proposal(session, service):
    values = read_values(session, service)

    assert propose(session, service, **values).proposal is None


def test_an_approved_change_is_shown_and_kept_in_the_history(session, service):
    propose(session, service, ages=Ages(16))
    approve(session, only_change(session))
    kept = session.scalars(sa.select(FieldChange)).one()

    assert read_values(session, service)["ages"] == Ages(16)
    assert (kept.field, kept.changed_by, kept.value_after) == ("ages", VETTER.name, encode("ages", Ages(16)))


def test_approval_never_makes_a_listing_confirmed(session, service):
    propose(session, service, ages=Ages(16))
    approve(session, only_change(session))

    assert (service.trust, service.assured_date) == (Trust.SOURCED, None)


def test_a_number_changes_only_after_a_call(session, service):
    propose(session, service, phones=NEW_NUMBER)
    with pytest.raises(NotCalledError):
        approve(session, only_change(session))

    assert read_values(session, service)["phones"] != NEW_NUMBER


def test_a_number_changes_once_somebody_called_the_old_one(session, service):
    propose(session, service, phones=NEW_NUMBER)
    call(session, only_change(session))
    approve(session, only_change(session))

    assert read_values(session, service)["phones"] == NEW_NUMBER


def test_the_first_agreement_to_a_confidential_listing_changes_nothing(session, shelter):
    propose(session, shelter, ages=Ages(16))

    assert approve(session, only_change(session)).needs_second
    assert read_values(session, shelter)["ages"] != Ages(16)


def test_whoever_agreed_first_cannot_be_the_second(session, shelter):
    propose(session, shelter, ages=Ages(16))
    approve(session, only_change(session))

    assert approve(session, only_change(session)).needs_second


def test_two_people_change_a_confidential_listing(session, shelter):
    propose(session, shelter, ages=Ages(16))
    approve(session, only_change(session))
    approve(session, only_change(session), OTHER_VETTER)

    assert read_values(session, shelter)["ages"] == Ages(16)


@pytest.mark.parametrize(
    "text", ["Au 123 rue Exemple", "H2X 1Y4 est notre code postal", "https://maps.app.goo.gl/exemple"]
)
def test_no_text_may_give_a_confidential_place_away(session, shelter, text):
    with pytest.raises(ValuesRefusedError):
        propose(session, shelter, description=Text(text, None))


def test_what_changed_since_is_shown_before_it_is_overwritten(session, service):
    propose(session, service, ages=Ages(16))
    with writing(session):
        changes.apply_values(session, service, {"ages": Ages(12)}, EDITOR, AT)
    with pytest.raises(ChangedSinceError) as raised:
        approve(session, only_change(session))

    assert raised.value.current == Ages(12)


def test_who_saw_both_values_may_approve(session, service):
    propose(session, service, ages=Ages(16))
    with writing(session):
        changes.apply_values(session, service, {"ages": Ages(12)}, EDITOR, AT)
    approve(session, only_change(session), seen=encode("ages", Ages(12)))

    assert read_values(session, service)["ages"] == Ages(16)


def test_a_vetter_may_correct_what_she_approves(session, service):
    propose(session, service, ages=Ages(16))
    approve(session, only_change(session), value=Ages(17))

    assert read_values(session, service)["ages"] == Ages(17)


def test_a_change_is_decided_once(session, service):
    propose(session, service, ages=Ages(16))
    approve(session, only_change(session))
    with pytest.raises(DecidedAlreadyError):
        approve(session, only_change(session), OTHER_VETTER)


def test_a_refused_change_leaves_the_listing(session, service):
    propose(session, service, ages=Ages(16))
    with writing(session):
        changes.refuse(session, only_change(session), VETTER, AT)

    assert read_values(session, service)["ages"] != Ages(16)
    assert only_change(session).status is ChangeStatus.REFUSED


def test_a_proposal_ends_when_all_its_fields_are_decided(session, service):
    propose(session, service, ages=Ages(16), cost="free")
    proposal = session.scalars(sa.select(Proposal)).one()
    approve(session, proposal.changes[0])
    with writing(session):
        assert not changes.close_if_decided(session, proposal, VETTER, AT)
    with writing(session):
        changes.refuse(session, proposal.changes[1], VETTER, AT)
        assert changes.close_if_decided(session, proposal, VETTER, AT)

    assert proposal.status is ProposalStatus.DECIDED


def test_a_proposal_taken_back_can_be_decided_no_more(session, service):
    proposal = propose(session, service, ages=Ages(16)).proposal
    with writing(session):
        changes.take_back(session, proposal, EDITOR.actor, AT)
    with pytest.raises(DecidedAlreadyError):
        approve(session, only_change(session))


def test_a_change_of_the_french_marks_the_english_to_review(session, service):
    before = read_values(session, service)["description"]
    with writing(session):
        changes.apply_values(session, service, {"description": Text("Autre.", before.en)}, EDITOR, AT)
    mark = session.scalars(sa.select(LanguageToReview)).one()

    assert (mark.field, mark.language, mark.since) == ("description", "en", AT)


def test_the_mark_goes_when_the_other_language_follows(session, service):
    before = read_values(session, service)["description"]
    for value in (Text("Autre.", before.en), Text("Autre.", "Other.")):
        with writing(session):
            changes.apply_values(session, service, {"description": value}, EDITOR, AT + timedelta(days=1))

    assert session.scalars(sa.select(LanguageToReview)).all() == []


def test_english_alone_is_not_published(session, service):
    with pytest.raises(ValuesRefusedError):
        propose(session, service, description=Text(None, "Other."))


def test_a_listing_keeps_a_way_to_be_reached(session, service):
    with pytest.raises(ValuesRefusedError):
        propose(session, service, phones=(), email=None, website=None)


def test_every_field_that_is_wrong_is_named(session, service):
    with pytest.raises(ValuesRefusedError) as raised:
        propose(session, service, ages=Ages(30, 16), phones=(PhoneNumber("12"),), cost="beaucoup")

    assert {problem.name for problem in raised.value.problems} == {"ages", "phones", "cost"}


def test_the_audit_names_no_value(session, service):
    propose(session, service, ages=Ages(16), hours=NIGHT)
    events = session.scalars(sa.select(AuditEvent).order_by(AuditEvent.number)).all()

    assert [(event.action, event.target_type) for event in events] == [
        ("change", "listing"),
        ("create", "proposal"),
    ]


def test_an_import_leaves_what_people_changed(session, service, tmp_path):
    propose(session, service, hours=NIGHT)
    with writing(session):
        report = import_catalogue(
            session, write_services(tmp_path, make_row(description_fr="Repris du fichier.")), "Exemple"
        )
    session.expire_all()

    assert report.kept == 1
    assert read_values(session, session.get(Service, service.id))["hours"] == NIGHT
