"""What someone is looking for, as it travels in an address."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

FILTERS = ("need", "clientele", "region")


@dataclass(frozen=True, slots=True)
class Criteria:
    """Words and place as typed, and filters by code."""

    q: str = ""
    near: str = ""
    need: str = ""
    clientele: str = ""
    region: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing in particular is looked for."""
        return not self.arguments()

    def arguments(self, **more: object) -> dict[str, object]:
        """Return what an address must say to look for the same again."""
        return {name: text for name, text in self._given() if text} | {
            name: value for name, value in more.items() if value
        }

    def filters(self) -> dict[str, tuple[str, ...]]:
        """Return the filters as the search engine takes them."""
        return {name: (code,) for name, code in self._given() if name in FILTERS and code}

    def without(self, name: str) -> Criteria:
        """Return the same without one criterion."""
        return replace(self, **{name: ""})

    def near_to(self, label: str) -> Criteria:
        """Return the same near another place."""
        return replace(self, near=label)

    def _given(self) -> Iterator[tuple[str, str]]:
        for field in fields(self):
            yield field.name, getattr(self, field.name)
