"""An organization reads who looked at its things, and what its people did; never what others did."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from flask_babel import force_locale, lazy_gettext

from referral.access.policy import Actor, Permission
from referral.audit import words
from referral.audit.events import Action, Event
from referral.audit.queries import list_for_organization, list_of_person
from referral.audit.services import record_apart

OURS, OTHER = uuid4(), uuid4()
INSIDER = Actor("Alice Exemple", user_id=uuid4(), acting_for=OURS)
OUTSIDER = Actor("Zoé Exemple", user_id=uuid4(), acting_for=OTHER)


def listed(session, organization_id=OURS, **more):
    session.rollback()
    return [line.target_type for line in list_for_organization(session, organization_id, **more)]


def test_an_organization_reads_what_was_done_to_its_things_newest_first(session):
    record_apart(Event(Action.VIEW, "first", None, INSIDER, OURS))
    record_apart(Event(Action.VIEW, "second", None, OUTSIDER, OURS))

    assert listed(session) == ["second", "first"]


def test_an_organization_reads_what_its_people_did_elsewhere(session):
    record_apart(Event(Action.VIEW, "theirs", None, INSIDER, OTHER))

    assert listed(session) == ["theirs"]


def test_an_organization_reads_nothing_of_others(session):
    record_apart(Event(Action.VIEW, "theirs", None, OUTSIDER, OTHER))
    record_apart(Event(Action.VIEW, "nobody's", None, None, None))

    assert listed(session) == []


def test_pages_follow_each_other_without_gap_or_double(session):
    for number in range(7):
        actor = INSIDER if number % 2 else OUTSIDER
        record_apart(Event(Action.VIEW, str(number), None, actor, OURS if number % 3 else OTHER))
    session.rollback()
    whole = list_for_organization(session, OURS)
    pages, last = [], None
    while page := list_for_organization(session, OURS, before=last, limit=2):
        pages += page
        last = page[-1].number

    assert pages == whole
    assert [line.number for line in whole] == [6, 5, 4, 3, 2]


def test_a_line_says_who_did_what_to_what_when(session):
    record_apart(Event(Action.VIEW, "account", UUID(int=5), INSIDER, OURS))
    session.rollback()
    (line,) = list_for_organization(session, OURS)

    assert (line.action, line.actor, line.user_id, line.target_id) == (
        Action.VIEW,
        "Alice Exemple",
        INSIDER.user_id,
        str(UUID(int=5)),
    )
    assert line.occurred_at.tzinfo is not None


def test_a_person_reads_her_own_sign_ins(session):
    record_apart(Event(Action.SIGN_IN, "account", None, INSIDER))
    record_apart(Event(Action.SIGN_IN, "account", None, OUTSIDER))
    record_apart(Event(Action.VIEW, "account", None, INSIDER))
    session.rollback()

    (line,) = list_of_person(session, INSIDER.user_id, [Action.SIGN_IN, Action.SIGN_OUT])
    assert (line.action, line.user_id) == (Action.SIGN_IN, INSIDER.user_id)


@pytest.fixture
def line(session):
    """Return a function that records an act and gives its line."""

    def make(action, target_type="account", actor=INSIDER):
        record_apart(Event(action, target_type, None, actor, OURS))
        session.rollback()
        return list_for_organization(session, OURS)[0]

    return make


def test_an_act_is_a_sentence_in_both_languages(session, line, monkeypatch):
    monkeypatch.setattr(words, "_targets", {})
    words.name_targets({"listing": lazy_gettext("the list of the organization's people")})
    seen = line(Action.VIEW, "listing")
    with force_locale("fr"):
        assert words.say(seen) == "Alice Exemple a consulté la liste des personnes de l’organisme"
    with force_locale("en"):
        assert words.say(seen) == "Alice Exemple looked at the list of the organization's people"


def test_a_refusal_says_in_words_what_was_refused(session, line):
    seen = line(Action.REFUSAL, Permission.USER_OFFBOARD.value)
    with force_locale("fr"):
        assert words.say(seen).endswith("mettre fin à l’accès de quelqu’un")


def test_who_is_not_known_is_said_to_be_unknown(session, line):
    seen = line(Action.SIGN_IN_FAILED, actor=None)
    with force_locale("en"):
        assert words.say(seen) == "Somebody unknown tried to sign in and did not succeed"


def test_every_act_has_its_sentence_and_every_permission_its_words():
    assert set(words.SENTENCES) == set(Action)
    assert set(words.REFUSED) == set(Permission)
