"""A file in which every sealed place holds a secret of its own, and the search for those secrets.

A place is a column, or one question of the intake. What the application can write is written by its own
services; the rest is sealed in the place that ``holdings`` knows, as they would.
"""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import quote, quote_plus

import msgspec
import sqlalchemy as sa

from referral.intake import consents, disclosures, incidents, models, packets, rights, rules, vault
from referral.intake.answers import Given, save_answers
from referral.intake.held import Held
from referral.intake.holdings import list_parts
from referral.intake.incident_facts import NAMES, Facts
from referral.intake.incidents import Told
from referral.intake.questions import QUESTIONS
from referral.intake.safe import Safe, make_safe, open_safe
from referral.intake.vocabulary import (
    Basis,
    CaseEventKind,
    Closure,
    ConsentMode,
    FollowUpKind,
    FollowUpStatus,
    Item,
    Need,
    Purpose,
    RightsKind,
    Said,
    Urgency,
)
from referral.keyring.models import Kind
from referral.keyring.services import Thing
from referral.referrals import calls, links, messages, sending
from referral.referrals.models import Called
from referral.referrals.moving import Why, move
from referral.referrals.sending import Ask, Recipient
from referral.referrals.status import ReferralStatus, Side
from referral.shared.clock import now
from referral.shared.database import CASES, CasesBase, cases_session, writing
from tests.intake.filing import House, held_case, make_agreement, make_case
from tests.referrals.making import in_hand

STEM = "Sorbière"
"""In each secret that is a text: with a sign that is written differently in each coding."""
NOT_FILES = frozenset({"outbox"})
"""Letters: they are opened, and looked through, by themselves."""


@dataclass
class Planted:
    """What was planted where, and the identifiers that addresses name."""

    house: House
    secrets: dict[str, str] = field(default_factory=dict)
    ids: dict[str, uuid.UUID | str] = field(default_factory=dict)
    link_code: str = ""
    """What is said on the telephone to whoever answers by the link."""

    def text(self, place: str) -> str:
        """Return a new secret for a place."""
        self.secrets[place] = f"{STEM}-{len(self.secrets):02d}-É"
        return self.secrets[place]

    def coded(self, place: str, value: Any) -> Any:
        """Return a value of codes, remembered as it would be written were it not sealed: codes are public."""
        self.secrets[place] = msgspec.json.encode({"said": Said.ANSWERED, "value": value}).decode()
        return value


def list_sealed() -> set[str]:
    """Return every sealed column of the case files; of answers, every question."""
    columns = {
        f"{table.name}.{column.name}"
        for table in CasesBase.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, sa.LargeBinary) and table.name not in NOT_FILES
    }
    return (columns - {"answer.sealed"}) | {f"answer.{question.name}" for question in QUESTIONS}


def answers_of(planted: Planted) -> dict[str, Any]:
    """Return an answer to each question: a text where one can be typed, else codes that nobody else has."""
    text = planted.text
    avoided = str(uuid.uuid4())
    planted.secrets["answer.organizations_to_avoid"] = avoided
    return {
        "notice": {"version": text("answer.notice"), "language": "fr"},
        "nickname": text("answer.nickname"),
        "age_band": planted.coded("answer.age_band", "14-17"),
        "under_14": {"capacity": "childs-benefit", "line": text("answer.under_14")},
        "languages": planted.coded("answer.languages", {"spoken": ["tlh", "xho", "fr"], "interpreter": True}),
        "safe_contact": contact_of(planted, "packet_item.sealed"),
        "urgency": {"level": "u2", "reason": text("answer.urgency")},
        "needs": planted.coded("answer.needs", {"sexual-health": "need-now", "papers": "unmet"}),
        "limits": {
            "gender": "woman",
            "children": 2,
            "children_ages": text("answer.limits"),
            "flags": ["pets"],
        },
        "regions": planted.coded("answer.regions", {"now": "09", "wanted": ["10"], "avoid": ["17", "04"]}),
        "organizations_to_avoid": [avoided],
        "follow_up": planted.coded("answer.follow_up", ["48-hours", "30-days", "90-days"]),
        "note": text("answer.note"),
    }


def plant(house: House, receiver: House) -> Planted:
    """Store a file of a house, sent in part to another, with a secret in every sealed place."""
    planted = Planted(house)
    case_id = make_case(house, answers_of(planted))
    planted.ids |= {"case_id": case_id, "agreement_id": make_agreement(house, receiver)}
    plant_incident(planted)
    packet, disclosure, name = (
        make_safe(Thing(kind, uuid.uuid4(), house.id), now())
        for kind in (Kind.PACKET, Kind.DISCLOSURE, Kind.VAULT)
    )
    with writing(cases_session(), CASES) as session:
        rules.save_rules(session, house.id, rules.Rules(keeps_legal_names=True), house.lead, now())
    with held_case(case_id, house.worker) as held:
        plant_in_file(held, planted)
        vault.write_name(held, name, vault.LegalName(planted.text("vault_entry.sealed")))
        plant_sent(held, planted, packet, receiver)
        plant_disclosure(held, planted, disclosure)
    plant_referral(planted, receiver)
    with held_case(case_id, house.worker) as held:
        change_contact(held, planted, "answer.safe_contact")
    return planted


def plant_in_file(held: Held, planted: Planted) -> None:
    """Plant in what a file itself holds; its end is written without closing it, which would hide pages."""
    held.case.next_step_sealed = held.safe.seal("next_step", planted.text("case_file.next_step_sealed"))
    closing = {"reason": Closure.MOVED, "note": planted.text("case_file.closure_sealed")}
    held.case.closure_sealed = held.safe.seal("closure", closing)
    held.tell(CaseEventKind.CHANGED, {"names": [planted.text("case_event.sealed")]})
    asked = planted.text("rights_request.sealed")
    row = rights.receive(held, RightsKind.ACCESS, now().date() - timedelta(days=2), asked)
    follow_up = models.FollowUp(
        id=uuid.uuid4(),
        case_id=held.case.id,
        kind=FollowUpKind.DAYS_7,
        due_on=now().date(),
        status=FollowUpStatus.DONE,
        done_at=now(),
        done_by=held.user_id,
    )
    follow_up.sealed = held.safe.seal(place_in(follow_up, "sealed"), planted.text("follow_up.sealed"))
    held.session.add(follow_up)
    held.session.flush()
    planted.ids |= {"request_id": row.id, "follow_up_id": follow_up.id}


def plant_sent(held: Held, planted: Planted, safe: Safe, receiver: House) -> None:
    """Have a consent and what was sent under it, then another answer, which the receiver never gets."""
    reading = consents.Reading(
        recipients=(receiver.id,),
        items=frozenset({Item.SAFE_CONTACT}),
        purpose=Purpose.OTHER,
        mode=ConsentMode.SPOKEN,
        language="fr",
        notice_version="1",
        words=planted.text("consent.sealed"),
        purpose_words=planted.text("consent.sealed#purpose"),
    )
    (consent,) = consents.grant(held, reading, {})
    packet = packets.send_packet(held, consent, reading.items, safe)
    planted.ids |= {"consent_id": consent.id, "packet_id": packet.id, "reading_id": consent.reading_id}


def change_contact(held: Held, planted: Planted, place: str) -> None:
    """Have another way to reach her; what was sent before keeps its own."""
    (row,) = held.session.scalars(
        sa.select(models.Answer).where(
            models.Answer.case_id == held.case.id, models.Answer.name == "safe_contact"
        )
    )
    save_answers(held, {"safe_contact": Given(Said.ANSWERED, contact_of(planted, place), row.version)})


def plant_referral(planted: Planted, receiver: House) -> None:
    """Have a need asked of the same organization, which looked and did not answer; with a link for it."""
    house, case_id = planted.house, planted.ids["case_id"]
    assert isinstance(case_id, uuid.UUID)
    safe, keys = sending.prepare(house.id, now()), sending.prepare_packets(house.id, now())
    reading = consents.Reading(
        recipients=(receiver.id,),
        items=frozenset({Item.NEEDS, Item.SAFE_CONTACT}),
        purpose=Purpose.OTHER,
        mode=ConsentMode.SPOKEN,
        language="fr",
        notice_version="1",
        words=planted.text("consent.sealed#referral"),
        purpose_words=planted.text("consent.sealed#referral-purpose"),
        is_express=True,
    )
    with held_case(case_id, house.worker) as held:
        change_contact(held, planted, "packet_item.sealed#private")
        (consent,) = consents.grant(held, reading, {})
        ask = Ask(Need.SEXUAL_HEALTH, Urgency.UNSTABLE, (Recipient(consent.id),))
        sending.draft(held, ask, [safe])
    with in_hand(safe.thing, Side.SENDER, house.worker) as hand:
        case = hand.session.get_one(models.Case, case_id)
        held = Held(hand.session, case, open_safe(case_id), house.worker, hand.at)
        calls.note_call(hand, Called.REACHED, planted.text("referral_call.sealed"))
        sending.send(held, hand, keys, frozenset())
        messages.write(hand, planted.text("referral_message.sealed"))
        _link, planted.ids["link_token"], planted.link_code = links.make_link(hand)
    with in_hand(safe.thing, Side.RECEIVER, receiver.worker) as hand:
        move(hand, ReferralStatus.RECEIVED, Why(note=planted.text("referral_event.sealed")))
        messages.write(hand, planted.text("referral_message.sealed#answer"))
        asked = safe.open("asked", hand.referral.sealed)
    planted.secrets["referral.sealed"] = msgspec.json.encode(asked).decode()
    planted.ids["referral_id"] = safe.thing


def contact_of(planted: Planted, place: str) -> dict[str, Any]:
    """Return a way to reach her with a secret in each of its texts."""
    texts = {name: planted.text(f"{place}#{name}") for name in ("ask_for", "words")}
    return {"channel": "phone", "detail": planted.text(place), **texts}


def plant_disclosure(held: Held, planted: Planted, safe: Safe) -> None:
    """Have something written down that was communicated without consent."""
    parts = {
        part: planted.text("disclosure.sealed" if part == "facts" else f"disclosure.sealed#{part}")
        for part in disclosures.PARTS
    }
    row = disclosures.disclose(held, disclosures.Told(Basis.DANGER, **parts), safe)
    held.session.flush()
    planted.ids["disclosure_id"] = row.id


def plant_incident(planted: Planted) -> None:
    """Plant in each field of an entry of the register."""
    house = planted.house
    safe = incidents.prepare(house.id, now())
    days = {"commission_on", "persons_on", "public_on"}
    facts = Facts(
        **{
            name: planted.text("incident.sealed" if name == "information" else f"incident.sealed#{name}")
            for name in NAMES
            if name not in days
        }
    )
    with writing(cases_session(), CASES) as session:
        incidents.create_incident(session, safe, Told(now().date(), facts, None), house.lead, now())
    planted.ids["incident_id"] = safe.thing


def place_in(row: Any, column: str) -> str:
    """Return the place that a sealed column belongs to, as the copy of a file knows it."""
    return next(part.places[column](row) for part in list_parts() if part.model is type(row))


@lru_cache(maxsize=512)
def written(text: str) -> tuple[bytes, ...]:
    """Return a text in each coding: plain, of addresses, base64, JSON, entities, two bytes, hex."""
    plain = text.encode()
    wide = [text.encode("utf-16-le"), text.encode("utf-16-be")]
    quoted = {quote(text), quote(text).lower(), quote_plus(text), quote_plus(text).lower()}
    escaped = {json.dumps(text)[1:-1], json.dumps(text)[1:-1].upper()}
    entities = {text.encode("ascii", "xmlcharrefreplace").decode()}
    packed = {each for start in range(3) for each in _packed(plain, start)}
    texts = {*quoted, *escaped, *entities, *packed, plain.hex(), plain.hex().upper()}
    return tuple({plain, *wide, *(each.encode() for each in texts)})


def _packed(plain: bytes, start: int) -> Iterable[str]:
    """Yield base64 of a text inside a longer one, without the signs that depend on its neighbours."""
    first = -(-8 * start // 6)
    last = (len(plain) + start) * 8 // 6
    whole = base64.b64encode(b"\0" * start + plain).decode().rstrip("=")[first:last]
    return {whole, whole.replace("+", "-").replace("/", "_")}


def find(data: bytes | str, secrets: dict[str, str]) -> set[str]:
    """Return the places whose secret is in what was found, in whatever coding."""
    content = data.encode() if isinstance(data, str) else data
    has_texts = any(each in content for each in written(STEM))
    return {
        place
        for place, secret in secrets.items()
        if (has_texts or STEM not in secret) and any(each in content for each in written(secret))
    }
