from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from referral.audit.events import Action, Event
from referral.audit.models import AuditEvent
from referral.audit.services import NotWritingError, record
from referral.mail.letters import WAITS, LetterError
from referral.mail.models import Outbox
from referral.mail.queries import count_unsent, list_unsent
from referral.mail.sealing import KEY, USE
from referral.mail.sending import PutOffError, RefusedError, UnreachableError
from referral.mail.services import (
    CLAIM,
    KEPT,
    claim_next,
    deliver_due,
    discard,
    enqueue,
    enqueue_apart,
    forget_old,
    retry_dead,
)
from referral.shared.clock import now
from referral.shared.database import DIRECTORY, db, writing
from referral.shared.seals import make_seal
from tests.mail.post import LINK, Post, invitation


@pytest.fixture
def put(session):
    """Return a function that puts letters into the outbox."""

    def put(*messages):
        with writing(session):
            for message in messages or (invitation(),):
                enqueue(session, message)
        return now()

    return put


def only_row(session: Session) -> Outbox:
    session.rollback()
    return session.scalars(sa.select(Outbox)).one()


def test_a_letter_is_kept_with_what_it_tells_of_or_not_at_all(session):
    def fail() -> None:
        with writing(session):
            record(session, Event(Action.CREATE, "invitation"))
            enqueue(session, invitation())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    assert session.scalar(sa.select(sa.func.count()).select_from(Outbox)) == 0
    assert session.scalar(sa.select(sa.func.count()).select_from(AuditEvent)) == 0


def test_a_letter_is_put_in_by_who_holds_the_turn_to_write(session):
    with pytest.raises(NotWritingError):
        enqueue(session, invitation())


def test_two_messages_of_one_act_are_one_letter(session, put):
    at = put(invitation(), invitation(organization="Autre Exemple"))
    post = Post()

    deliver_due(session, post, at)
    put(invitation())
    deliver_due(session, post, now())

    assert len(post.taken) == 1


def test_accounts_that_share_a_mailbox_each_get_their_letter(session, put):
    at = put(invitation("invitation:1"), invitation("invitation:2"))

    assert deliver_due(session, Post(), at).sent == 2


def test_a_letter_of_its_own_transaction_is_sent_too(session):
    enqueue_apart(invitation())

    assert deliver_due(session, Post(), now()).sent == 1


def test_the_letter_sent_is_the_letter_written(session, put):
    at = put()
    post = Post()

    deliver_due(session, post, at)

    letter = post.taken[0].letter
    assert letter.to == "camille@exemple.example"
    assert letter.subject == "Relais\u00a0: votre invitation"
    assert LINK in letter.body
    assert "Maison Exemple" in letter.body


def test_the_database_tells_neither_recipient_nor_link(session, put):
    put()

    row = only_row(session)
    stored = "".join(str(getattr(row, column.key)) for column in sa.inspect(Outbox).columns)
    assert not [told for told in ("camille", "jeton", "Maison") if told in stored]


def test_nothing_of_a_letter_is_kept_once_it_is_sent(session, put):
    at = put()
    deliver_due(session, Post(), at)

    row = only_row(session)
    assert (row.sealed, row.sent_at) == (None, at)


@pytest.mark.parametrize(
    ("kind", "values"), [("no_such_letter", {}), ("invitation", {}), ("invitation", {"link": "a\nb"})]
)
def test_what_cannot_be_written_is_refused_where_it_is_put_in(session, kind, values):
    message = invitation()

    def put_in() -> None:
        with writing(session):
            enqueue(session, type(message)(kind, message.to, "en", "key", values))

    with pytest.raises(LetterError):
        put_in()


def test_what_is_not_taken_is_tried_again_later_and_later_then_dead(session, put):
    at = put()
    for wait in WAITS:
        delivery = deliver_due(session, Post([PutOffError("message_451")]), at)
        assert (delivery.put_off, delivery.dead) == (1, 0)
        assert deliver_due(session, Post(), at + wait - timedelta(seconds=1)).sent == 0
        at += wait

    assert deliver_due(session, Post([PutOffError("message_451")]), at).dead == 1
    assert deliver_due(session, Post(), at + timedelta(days=365)).sent == 0
    assert only_row(session).reason == "message_451"


def test_what_will_never_be_taken_is_dead_at_once_and_seen(session, put):
    at = put()
    deliver_due(session, Post([RefusedError("recipient_550")]), at)

    assert [(row.dead_at, row.reason) for row in list_unsent(session)] == [(at, "recipient_550")]
    assert count_unsent(session).dead == 1


def test_a_refusal_of_one_letter_keeps_no_other_waiting(session, put):
    at = put(invitation("a"), invitation("b"), invitation("c"))

    delivery = deliver_due(session, Post([RefusedError("recipient_550"), PutOffError("message_451")]), at)

    assert (delivery.dead, delivery.put_off, delivery.sent) == (1, 1, 1)


def test_a_server_that_does_not_answer_is_asked_once_and_costs_no_letter_its_tries(session, put):
    at = put(invitation("a"), invitation("b"))
    for _ in range(len(WAITS) * 3):
        post = Post([UnreachableError("no_answer")] * 2)
        assert deliver_due(session, post, at).is_unreachable
        assert len(post.answers) == 1
        at += timedelta(minutes=5)

    assert deliver_due(session, Post(), at).sent == 2


def test_a_dead_letter_can_be_tried_again(session, put):
    at = put()
    deliver_due(session, Post([RefusedError("recipient_550")]), at)

    with writing(session):
        assert retry_dead(session, None) == 1

    assert deliver_due(session, Post(), now()).sent == 1


def test_a_letter_can_be_discarded_unless_it_was_sent(session, put):
    at = put(invitation("a"), invitation("b"))
    deliver_due(session, Post([RefusedError("recipient_550")]), at)
    letters = session.scalars(sa.select(Outbox.id)).all()

    with writing(session):
        assert sum(discard(session, letter) for letter in letters) == 1


def test_a_process_killed_while_it_sends_lets_the_letter_go_again_as_the_same(session, put):
    at = put()
    first = claim_next(session, at)

    assert deliver_due(session, Post(), at + CLAIM - timedelta(seconds=1)).sent == 0
    post = Post()
    deliver_due(session, post, at + CLAIM)
    assert [parcel.id for parcel in post.taken] == [first.id]


def test_many_who_deliver_at_once_send_each_letter_once(app, session, put):
    at = put(*(invitation(f"invitation:{number}") for number in range(12)))
    post = Post()

    def deliver(_: int) -> None:
        with app.app_context(), Session(db.engines[DIRECTORY]) as own:
            deliver_due(own, post, at)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(deliver, range(4)))

    assert len(post.taken) == len({parcel.id for parcel in post.taken}) == 12


def test_a_letter_sealed_under_another_key_is_dead_and_says_why(app, session, put, monkeypatch):
    at = put()
    monkeypatch.setitem(
        app.extensions, KEY, make_seal({"SECRET_KEY": "another-key", "SECRET_KEY_OLD": None}, USE)
    )

    assert deliver_due(session, Post(), at).dead == 1
    assert only_row(session).reason == "unreadable"


def test_what_is_over_is_forgotten_and_what_waits_is_not(session, put):
    at = put(invitation("a"), invitation("b"), invitation("c"))
    deliver_due(session, Post([RefusedError("x"), PutOffError("y")]), at)

    with writing(session):
        forget_old(session, at + KEPT + timedelta(seconds=1))

    assert only_row(session).reason == "y"
