"""The pages of one file, in the order in which its navigation shows them; each part says which it has."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, current_app
from flask_babel.speaklater import LazyString

from referral.access.guard import find_actor
from referral.access.policy import Permission, Target, permits
from referral.intake.models import Case

PAGES = "relais.case_pages"


@dataclass(frozen=True, slots=True)
class CasePage:
    """A page of a file: its endpoint takes ``case_id``; shown to whoever has the permission on that file."""

    endpoint: str
    label: LazyString
    permission: Permission
    place: int


def register(app: Flask, page: CasePage) -> None:
    """Have a page in the navigation of every file."""
    app.extensions.setdefault(PAGES, []).append(page)


def list_pages(case: Case) -> list[CasePage]:
    """Return the pages of a file that whoever asks may see."""
    actor, target = find_actor(), Target(case.organization_id, case.owner_id)
    found = [
        page for page in current_app.extensions.get(PAGES, ()) if permits(actor, page.permission, target)
    ]
    return sorted(found, key=lambda page: page.place)
