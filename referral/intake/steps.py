"""The pages of the intake on a phone: one idea each, in an order that nobody has to follow; pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping

STEPS: Mapping[str, tuple[str, ...]] = {
    "rights": ("notice",),
    "name": ("nickname",),
    "age": ("age_band", "under_14"),
    "languages": ("languages",),
    "contact": ("safe_contact",),
    "urgency": ("urgency",),
    "needs": ("needs",),
    "limits": ("limits",),
    "regions": ("regions",),
    "organizations": ("organizations_to_avoid",),
    "follow-up": ("follow_up",),
    "note": ("note",),
    "end": (),
}
"""By the last part of their address; the last page has no question, it says what is left."""
LAST = "end"
ORDER = tuple(STEPS)
FIRST = ORDER[0]


def step_of(question: str) -> str:
    """Return the page of a question."""
    return next(step for step, questions in STEPS.items() if question in questions)


def beside(step: str, by: int) -> str:
    """Return the page that comes some pages after another, or before; the ends have nothing beyond."""
    return ORDER[min(max(ORDER.index(step) + by, 0), len(ORDER) - 1)]


def first_left(known: Collection[str]) -> str:
    """Return the first page of which nothing is known yet, or the last."""
    return next((step for step, asked in STEPS.items() if asked and asked[0] not in known), LAST)
