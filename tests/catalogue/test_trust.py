from __future__ import annotations

from itertools import product

import pytest

from referral.catalogue.trust import (
    BY_A_PERSON,
    BY_ITSELF,
    LADDER,
    IllegalStepError,
    Method,
    Trust,
    check_step,
    is_published,
)

ALLOWED = {
    ("candidate", "sourced"): "anyhow",
    ("candidate", "contacted"): "person",
    ("candidate", "verified"): "person",
    ("candidate", "retired"): "anyhow",
    ("sourced", "candidate"): "anyhow",
    ("sourced", "contacted"): "person",
    ("sourced", "verified"): "person",
    ("sourced", "suspended"): "anyhow",
    ("sourced", "retired"): "anyhow",
    ("contacted", "contacted"): "person",
    ("contacted", "verified"): "person",
    ("contacted", "suspended"): "anyhow",
    ("contacted", "retired"): "anyhow",
    ("verified", "contacted"): "person",
    ("verified", "verified"): "person",
    ("verified", "vetted"): "person",
    ("verified", "suspended"): "anyhow",
    ("verified", "retired"): "anyhow",
    ("vetted", "verified"): "person",
    ("vetted", "vetted"): "person",
    ("vetted", "suspended"): "anyhow",
    ("vetted", "retired"): "anyhow",
    ("suspended", "contacted"): "person",
    ("suspended", "verified"): "person",
    ("suspended", "retired"): "anyhow",
    ("retired", "candidate"): "anyhow",
}
OF_THE_ORGANIZATION = {
    ("candidate", "contacted"),
    ("sourced", "contacted"),
    ("contacted", "contacted"),
    ("verified", "verified"),
    ("vetted", "vetted"),
}
"""What no person of ours verified is never verified by whoever is signed in, or holds a link."""


@pytest.mark.parametrize(("current", "wanted", "method"), list(product(Trust, Trust, Method)))
def test_ladder_allows_these_steps_and_no_other(current, wanted, method):
    allowed = ALLOWED.get((current.value, wanted.value))
    if method in BY_ITSELF:
        is_allowed = (current.value, wanted.value) in OF_THE_ORGANIZATION
    else:
        is_allowed = allowed == "anyhow" or (allowed == "person" and method in BY_A_PERSON)
    if is_allowed:
        check_step(current, wanted, method)
    else:
        with pytest.raises(IllegalStepError):
            check_step(current, wanted, method)


def test_import_is_no_person():
    assert Method.IMPORT not in BY_A_PERSON


@pytest.mark.parametrize(("trust", "least"), list(product(Trust, LADDER)))
def test_published_is_what_stands_high_enough(trust, least):
    order = ["candidate", "sourced", "contacted", "verified", "vetted"]
    shown = trust.value in order and order.index(trust.value) >= order.index(least.value)

    assert is_published(trust, least) is shown
