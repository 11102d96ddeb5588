"""Leaving out of a confidential listing whatever text tells where it is: pure, for all who show one."""

from __future__ import annotations

from typing import Any

import msgspec

from referral.catalogue.confidentiality import address_traces, url_traces
from referral.catalogue.listing import Listing

KEPT_AS_IS = frozenset({"id", "code", "number", "byday", "opens_at", "closes_at"})


class HeldBackError(Exception):
    """A listing cannot be published without telling of a place that must stay confidential."""


def withhold_traces(listing: Listing) -> tuple[Listing, int]:
    """Leave out every text that tells of a place, wherever it stands; return how many were.

    Every field is walked, so that one added later is covered too. Raises HeldBackError where
    a name itself tells.
    """
    withheld = 0

    def keep(name: str, value: Any) -> Any:
        nonlocal withheld
        if isinstance(value, dict):
            return {key: kept for key, each in value.items() if (kept := keep(key, each)) is not None}
        if isinstance(value, list | tuple):
            pairs = [(each, keep(name, each)) for each in value]
            return [kept for each, kept in pairs if kept is not None and _is_whole(kept, each)]
        if isinstance(value, str) and name not in KEPT_AS_IS and tells_of_a_place(value):
            withheld += 1
            return None
        return value

    kept = keep("", msgspec.to_builtins(listing, builtin_types=(bytes,)))
    try:
        result = msgspec.convert(kept, Listing)
    except msgspec.ValidationError as error:
        raise HeldBackError(f"{listing.id}: {error}") from error
    if not (result.name.fr or result.name.en) or not (
        result.organization.name.fr or result.organization.name.en
    ):
        raise HeldBackError(f"{listing.id}: its name tells of a place")
    return result, withheld


def _is_whole(kept: Any, before: Any) -> bool:
    """Say whether an item of a list kept all its parts; one that lost a part goes."""
    return not isinstance(kept, dict) or kept.keys() == before.keys()


def tells_of_a_place(text: str) -> bool:
    """Say whether a text, or an address of the web, leads to a street, a postal code or a point.

    Words without a space, as in an e-mail address, are read apart as those of a web address are.
    """
    if "://" in text:
        return bool(url_traces(text))
    return bool(address_traces(text) or (" " not in text and url_traces(text)))
