"""What each table and column of case files and of their keys is for, in words; pure.

docs/data-of-case-files.md is made from it, and a column that nobody described here fails a test.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

OWN = "those who keep files at the organization whose file it is"
IN_CHARGE = "leads and whoever is in charge of privacy there"
WITH_FILE = "as long as the file"
FOR_GOOD = "for good: it tells nothing of anybody"


@dataclass(frozen=True, slots=True)
class About:
    """What a table holds, why, who reads it on a page, until when, and what its columns say."""

    holds: str
    why: str
    readers: str
    kept: str
    columns: Mapping[str, str] = field(default_factory=dict)


COMMON: Mapping[str, str] = {
    "id": "made by chance",
    "version": "how often it was saved, so that two people overwrite nothing",
    "case_id": "which file",
    "organization_id": "whose it is",
    "created_at": "when it was made",
    "changed_at": "when it was last changed",
    "changed_by": "account of whoever changed it",
    "kind": "a code",
    "sealed": "its content",
}
"""Of columns that say the same wherever they are."""

AUDITED = "24 months (`RELAIS_AUDIT_MONTHS`), then by whole months"
CHAIN = {
    "segment": "month",
    "number": "place in the chain",
    "mac": "proof that nothing was altered",
    "seal": "proof over the row",
    "first_number": "where it begins",
    "last_number": "where it ends",
    "first_previous": "proof before the first",
    "last_mac": "proof of the last",
    "expired_at": "when its rows were let go",
}

CASES: Mapping[str, About] = {
    "case_file": About(
        "one file: where it stands, who keeps it",
        "queues of what is due",
        OWN,
        "for the months that the organization chose after it was closed; of an erased one the bare row stays",
        {
            "code": "made by chance; on paper and in talk it stands for the person",
            "status": "draft, open, closed or erased",
            "owner_id": "account of its owner",
            "deputy_id": "account of the deputy",
            "urgency": "level that a person chose",
            "next_step_on": "day of the next step",
            "next_step_sealed": "what is to be done",
            "returns_to_id": "account of whoever gets it back",
            "returns_on": "day on which she does",
            "opened_at": "when it left draft",
            "updated_at": "when it was last changed",
            "closed_at": "when it was closed",
            "closure_sealed": "why it was closed, and what came of each need",
            "keep_until": "last day before it is destroyed",
            "erased_at": "when it was destroyed",
        },
    ),
    "answer": About(
        "what is known of one question of the intake",
        "to know what the next service needs",
        OWN,
        WITH_FILE,
        {"name": "which question"},
    ),
    "vault_entry": About(
        "a legal name, only where an organization insists on it",
        "some funders ask for it; never shared, listed or searched",
        "those who may change the file, after a fresh proof",
        f"{WITH_FILE}, or until the organization stops keeping names",
    ),
    "case_event": About(
        "one line of a file's timeline",
        "to know what was done",
        OWN,
        WITH_FILE,
        {
            "occurred_at": "when",
            "user_id": "account of whoever did it",
            "sealed": "what it says of the person",
        },
    ),
    "consent": About(
        "a grant: to whom, why, until when, how it was given",
        "nothing is shared without one",
        OWN,
        WITH_FILE,
        {
            "reading_id": "which reading of the script made it",
            "receiver_id": "the one organization that it is for",
            "days": "for how long, 90 at most",
            "given_at": "when it was given",
            "expires_at": "when it ends",
            "notice_version": "version of the text that was read",
            "taken_by": "account of whoever read it",
            "sealed": "the purpose; how it was given, by whom, in which language, with whose help",
            "withdrawn_at": "when it was taken back",
            "withdrawn_by": "account of whoever wrote that down",
        },
    ),
    "consent_item": About(
        "one item that a grant lets be shared",
        "what is sent must point at one",
        OWN,
        WITH_FILE,
        {"consent_id": "which grant", "item": "a code"},
    ),
    "packet": About(
        "that something was sent to one organization",
        "reading, withdrawing and destroying it",
        f"{OWN}; at the receiver, those who keep files",
        "content: until the consent ends or is taken back; the bare row with the file",
        {
            "consent_id": "under which grant",
            "sender_id": "from which organization",
            "receiver_id": "to which one",
            "sent_at": "when it was sent",
            "sent_by": "account of whoever sent it",
            "expires_at": "when it can be read no more",
            "ended_at": "when it ended",
            "ended": "why it ended",
            "is_elsewhere": "whether it went with a referral, and is listed and read there",
        },
    ),
    "packet_item": About(
        "one item as it was sent, under a key of the packet's own",
        "the receiver needs it for the purpose of the grant",
        "those who keep files at the receiver, while the consent lasts",
        "until the consent ends or is taken back",
        {"packet_id": "which packet", "item": "a code", "consent_id": "the grant that holds this very item"},
    ),
    "packet_reading": About(
        "who at the receiver read which item",
        "a withdrawal lists what was already read",
        OWN,
        WITH_FILE,
        {
            "packet_id": "which packet",
            "item": "a code",
            "read_by": "account of the reader; none where she answers by a link",
            "read_at": "when",
        },
    ),
    "disclosure": About(
        "what was communicated without consent, and on what ground",
        "P-39.1 s. 18.1, A-2.1 s. 59.1, Youth Protection Act s. 39: it must be written down",
        IN_CHARGE,
        "5 years, also after the file is gone",
        {
            "basis": "under which law",
            "made_at": "when",
            "author_id": "account of its author",
            "author_name": "name of its author, who may leave",
            "sealed": "facts, items and recipient",
        },
    ),
    "follow_up": About(
        "a day on which somebody asks how she is, since she agreed",
        "nobody is forgotten",
        OWN,
        WITH_FILE,
        {
            "due_on": "which day",
            "status": "planned, done, not reached or cancelled",
            "sealed": "what came of it",
            "done_at": "when",
            "done_by": "account of whoever asked",
        },
    ),
    "rights_request": About(
        "what a person asked about her own file",
        "it has an answer within 30 days",
        f"{OWN}; {IN_CHARGE}",
        WITH_FILE,
        {
            "received_on": "day on which she asked",
            "due_on": "last day to answer",
            "answered_at": "when it was answered",
            "answered_by": "account of whoever answered",
            "sealed": "what she asked and was told",
        },
    ),
    "certificate": About(
        "that something was destroyed",
        "to prove it without what was destroyed",
        IN_CHARGE,
        FOR_GOOD,
        {
            "subject_id": "what was destroyed",
            "code": "code of the file",
            "reason": "why",
            "requested_by": "account of whoever asked for it",
            "requested_at": "when it was asked for",
            "completed_at": "when its key was gone",
        },
    ),
    "incident": About(
        "one entry of the register of incidents: its eight items and the worksheet",
        "P-39.1 s. 3.8; names nobody who is helped",
        IN_CHARGE,
        "5 years after it was learned of",
        {
            "learned_on": "day on which it was learned of",
            "is_serious": "what a person concluded of the risk",
            "sealed": "the eight items and the worksheet",
            "created_by": "account of whoever entered it",
            "keep_until": "last day before it is destroyed",
        },
    ),
    "organization_rules": About(
        "what an organization decided of its files",
        "clocks and notices follow it",
        IN_CHARGE,
        "until it is decided otherwise",
        {
            "case_months": "months that a closed file is kept",
            "keeps_legal_names": "whether it insists on legal names",
            "privacy_contact": "title and contact of whoever is in charge of privacy",
        },
    ),
    "agreement": About(
        "what two organizations agree on before anything is sent",
        "without one in force nothing is sent",
        "leads of the two",
        FOR_GOOD,
        {
            "first_id": "one organization",
            "second_id": "the other",
            "text_version": "version of the text",
            "proposed_at": "when it was proposed",
            "proposed_for": "by which of the two",
            "ended_at": "when it ended",
            "ended_by": "account of the lead who ended it",
            "ended_for": "for which of the two",
            "ended_name": "name of that lead",
        },
    ),
    "agreement_aggregate": About(
        "one thing that both may count together",
        "nothing else is counted together",
        "leads of the two",
        FOR_GOOD,
        {"agreement_id": "which agreement", "aggregate": "a code"},
    ),
    "agreement_signature": About(
        "that a lead signed for one of the two",
        "both must have signed",
        "leads of the two",
        FOR_GOOD,
        {
            "agreement_id": "which agreement",
            "organization_id": "for which of the two",
            "signed_at": "when",
            "signed_by": "account of the lead",
            "name": "name of the lead",
            "approver": "title of whoever approves a release there",
        },
    ),
    "outbox": About(
        "letters that wait: that something awaits, never what",
        "to send them once, later if a server is down",
        "nobody; the operator sees how many wait",
        "text until sent, the row 30 days",
        {
            "key": "what makes it one letter and not two",
            "due_at": "not before",
            "attempts": "how often it was tried",
            "sealed": "recipient and text, under the server's key",
            "sent_at": "when it was sent",
            "dead_at": "when it was given up",
            "reason": "a code of why",
        },
    ),
    "audit_event": About(
        "who did which act on what",
        "to know who looked",
        f"{OWN}; {IN_CHARGE}; the person herself, told in plain words",
        AUDITED,
        {
            **CHAIN,
            "occurred_at": "when",
            "action": "a code",
            "target_type": "kind of thing",
            "target_id": "identifier of the thing",
            "actor": "name of whoever acted",
            "user_id": "her account",
            "acting_for": "for which organization",
            "previous": "proof before it",
        },
    ),
    "audit_head": About("where the chain ends", "to find removed rows", "nobody", "always", CHAIN),
    "audit_segment": About(
        "a month of the chain that is over", "to let it go whole", "nobody", "always", CHAIN
    ),
}

KEYS: Mapping[str, About] = {
    "master_key": About(
        "that a master key exists; the key itself is in a file of the server",
        "to know which file opens what, and to recover it",
        "nobody; whoever runs the server could",
        "until another has taken its place",
        {
            "fingerprint": "short name of the key",
            "made_at": "when it was made",
            "retired_at": "when another took its place",
            "salt": "makes the recovery code slow to guess",
            "wrapped": "a copy that only the recovery code opens",
        },
    ),
    "organization_key": About(
        "the key of one organization",
        "wraps the keys of its things",
        "nobody; whoever runs the server could",
        "always",
        {
            "master": "which master key wraps it",
            "wrapped": "itself, wrapped by the master key",
            "made_at": "when it was made",
        },
    ),
    "data_key": About(
        "the key of one file, vault entry, packet, disclosure, incident or referral",
        "without it what was sealed is gone",
        "nobody; whoever runs the server could",
        "until its thing is destroyed; in backups of keys 30 days more at most",
        {
            "id": "which thing it opens",
            "kind": "which kind of thing",
            "wrapped": "itself, wrapped by the organization's key",
            "made_at": "when it was made",
        },
    ),
}


def describe(about: About, column: str) -> str | None:
    """Return what a column says; None where nobody wrote it down."""
    return about.columns.get(column) or COMMON.get(column)
