"""What someone is looking for: words and place as typed, filters by code, and an order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

from referral.search.filters import FILTERS

Order = Literal["best", "distance", "name", "open"]
ORDERS: tuple[Order, ...] = get_args(Order)
BEST: Order = "best"


@dataclass(frozen=True, slots=True)
class Criteria:
    """A search. ``chosen`` holds the values of each filter in the order given, none of them empty."""

    q: str = ""
    near: str = ""
    sort: Order = BEST
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing in particular is looked for, whatever the order."""
        return not (self.q or self.near or self.chosen)

    def fields(self) -> dict[str, list[str]]:
        """Return what must be asked to look for the same again."""
        typed = {"q": self.q, "near": self.near, "sort": "" if self.sort == BEST else self.sort}
        return {name: [text] for name, text in typed.items() if text} | {
            name: list(values) for name, values in self.chosen.items()
        }

    def criteria(self) -> Iterator[tuple[str, str]]:
        """Name each criterion with its value, one by one, as they can be dropped."""
        yield from ((name, text) for name, text in (("q", self.q), ("near", self.near)) if text)
        yield from ((name, value) for name, values in self.chosen.items() for value in values)

    def without(self, name: str, value: str | None = None) -> Criteria:
        """Return the same without a criterion, or without one of its values."""
        if name == "q":
            return replace(self, q="")
        if name == "near":
            return replace(self, near="")
        kept = tuple(each for each in self.chosen.get(name, ()) if value is not None and each != value)
        others = {each: values for each, values in self.chosen.items() if each != name}
        return replace(self, chosen=others | ({name: kept} if kept else {}))


def read_criteria(fields: Mapping[str, Sequence[str]]) -> Criteria:
    """Return the search that fields ask for; their values were checked before."""
    typed = {name: fields.get(name, ("",))[0] for name in ("q", "near")}
    sort = next((each for each in ORDERS if [each] == list(fields.get("sort", ()))), BEST)
    return Criteria(
        **typed,
        sort=sort,
        chosen={name: tuple(fields[name]) for name in FILTERS if fields.get(name)},
    )
