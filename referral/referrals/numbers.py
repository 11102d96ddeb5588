"""On which numbers an organization that is asked can be called: those that the directory lists."""

from __future__ import annotations

from dataclasses import dataclass

from referral.catalogue.listing import PhoneNumber, Text
from referral.edition.reader import NoEditionError, current_edition
from referral.referrals.models import Referral


@dataclass(frozen=True, slots=True)
class Reach:
    """A service and its numbers."""

    name: Text
    phones: tuple[PhoneNumber, ...]


def list_numbers(referral: Referral) -> list[Reach]:
    """Return each number of the organization once, those of the service that was asked first."""
    try:
        edition = current_edition()
    except NoEditionError:
        return []
    entry = edition.organization(referral.receiver_id)
    found = [edition.listing(position) for position in entry.positions] if entry else []
    wanted, known, reaches = str(referral.service_id), set[str](), []
    for each in sorted(found, key=lambda each: each.id != wanted):
        phones = tuple(phone for phone in each.phones if phone.number not in known)
        known.update(phone.number for phone in phones)
        if phones:
            reaches.append(Reach(each.name, phones))
    return reaches
