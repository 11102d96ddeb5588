"""What each table and column of referrals is for, in words; pure.

docs/data-of-case-files.md is made from it, and a column that nobody described here fails a test.
"""

from __future__ import annotations

from collections.abc import Mapping

from referral.intake.inventory import FOR_GOOD, About

BOTH = "those who keep files at the organization that asks and, once it was sent, at the one that is asked"
SENDER = "those who keep files at the organization that asks"
WITH_FILE = "as long as the file from which it was asked, at both ends"
UNTIL_SAID_OTHERWISE = "until it is changed"

CASES: Mapping[str, About] = {
    "referral": About(
        "that one need was asked of one organization, and where that stands",
        "nobody is lost between two organizations",
        BOTH,
        WITH_FILE,
        {
            "sender_id": "the organization that asks",
            "receiver_id": "the organization that is asked",
            "service_id": "which of its services",
            "by_call": "whether it is outside Relais and was asked by telephone",
            "status": "where it stands, a code of FHIR",
            "urgency": "level that a person chose",
            "owner_id": "account of whoever asked",
            "handler_id": "account of whoever answers",
            "turn": "which side is to act",
            "due_at": "by when",
            "escalated_at": "when whoever leads was told that it is late",
            "was_accepted": "whether it was ever accepted",
            "consent_id": "under which grant",
            "public_packet_id": "what was sent to be answered",
            "private_packet_id": "how to reach her, which an acceptance opens",
            "receiver_case_id": "the file that the one that was asked keeps of its own",
            "group_id": "what was asked of others at the same time",
            "chosen_at": "when she chose it among several",
            "previous_id": "what was asked before in its place",
            "requested_at": "when it was sent",
            "answered_at": "when it was first answered",
            "began_at": "when the service began",
            "ended_at": "when it ended",
            "sealed": "the one need that is asked; of her, a region and an age band, for the count",
        },
    ),
    "referral_event": About(
        "one move of a referral",
        "to know what became of it",
        BOTH,
        WITH_FILE,
        {
            "referral_id": "which referral",
            "occurred_at": "when",
            "side": "for which side it was moved",
            "via": "with an account, by a link, by telephone, or by itself",
            "user_id": "account of whoever moved it",
            "from_status": "where it stood",
            "to_status": "where it went",
            "sealed": "the reason, and words that go with it",
        },
    ),
    "referral_message": About(
        "words between the two sides",
        "a question need not wait for a call",
        BOTH,
        WITH_FILE,
        {
            "referral_id": "which referral",
            "sent_at": "when",
            "side": "from which side",
            "via": "with an account, or by a link",
            "user_id": "account of whoever wrote",
            "sealed": "the words, or what is proposed",
        },
    ),
    "referral_call": About(
        "a telephone call about a referral",
        "what is urgent begins with a call",
        SENDER,
        WITH_FILE,
        {
            "referral_id": "which referral",
            "called_at": "when",
            "called_by": "account of whoever called",
            "answered": "how the call ended",
            "sealed": "what was said, if it matters",
        },
    ),
    "referral_link": About(
        "a way to answer without an account",
        "small organizations answer too",
        "nobody: only hashes",
        WITH_FILE,
        {
            "referral_id": "which referral",
            "token_hash": "hash of its address",
            "code_hash": "hash of the code that is said on the telephone",
            "tries": "wrong codes",
            "made_by": "account of whoever made it",
            "made_at": "when",
            "expires_at": "when it serves no more",
            "code_given_at": "when the code was shown",
            "spent_at": "when it was answered, or replaced",
        },
    ),
    "on_call_hours": About(
        "when an organization reads what it is sent",
        "to say when something is read",
        "whoever sends to it",
        UNTIL_SAID_OTHERWISE,
        {"weekday": "which day", "opens_at": "from", "closes_at": "to"},
    ),
    "listing_decline": About(
        "how often a service was declined for admission or territory",
        "three say that its listing may be wrong",
        "nobody; a review is opened for vetters",
        FOR_GOOD,
        {
            "service_id": "which service",
            "declines": "how many since its last review",
            "reviews": "how many reviews they opened",
        },
    ),
    "referral_count": About(
        "how many referrals came to a step alike; no key to a person, a file or a referral",
        "reports of an organization to itself and to funders",
        "whoever leads either of the two; outside, only with small cells hidden",
        FOR_GOOD,
        {
            "month": "month of the step",
            "step": "sent, first answered, begun or ended",
            "sender_id": "the organization that asked",
            "receiver_id": "the one that was asked",
            "region_code": "region",
            "need": "a code",
            "population": "a code",
            "age_band": "a band",
            "delay_to_answer": "how long an answer took, in bands",
            "delay_to_service": "how long the service took, in bands",
            "outcome": "what they came to",
            "reason": "a code of why",
            "count": "how many",
        },
    ),
    "report_release": About(
        "what of the counts of an organization may leave it, small cells hidden",
        "it leaves once and stays as it left, so that two reports tell nothing together",
        "whoever leads it, and whom she gives it to",
        FOR_GOOD,
        {
            "subject": "referrals that it sent, or was sent",
            "first": "first day of the period",
            "months": "a quarter or a year",
            "made_at": "when it was made",
            "tables": "the numbers that are shown; none for a year that leaves by quarter",
        },
    ),
}
