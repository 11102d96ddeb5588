"""The filters that a search may carry: their names, the values they take, and what they mean.

Unknown is not no: a hard filter removes only what is known not to fit. What is not known stays,
after what is known to fit, and is named to the reader (*call first*). A filter of kind ``rank``
removes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from referral.catalogue.vocabulary import TAXONOMIES
from referral.geo.areas import REGIONS

Filters = Mapping[str, tuple[str, ...]]
Kind = Literal["choice", "rank", "moment", "age", "radius", "area"]

WIDER_LANGUAGE = {"cmn": "zh", "yue": "zh", "prs": "fa"}
"""Languages that sources often give under a wider name: Mandarin as Chinese."""
LANGUAGE_MODES = ("spoken", "interpreter", "written")
PEOPLE = ("woman", "man", "trans", "nonbinary")
STATUSES = (
    "none",
    "temporary_worker",
    "refugee_claimant",
    "refugee",
    "student",
    "sponsored",
    "visitor",
    "permanent_resident",
    "citizen",
)
EXPLOITATION: dict[str, str] = {
    "sexual": "sexual_exploitation",
    "labour": "forced_labour",
    "domestic_servitude": "domestic_servitude",
    "debt_bondage": "debt_bondage",
    "forced_marriage": "forced_marriage",
    "forced_criminality": "forced_criminality",
    "forced_begging": "forced_begging",
    "organ_removal": "organ_removal",
    "online": "online_luring",
}
AUDIENCES: dict[str, tuple[str, ...]] = {
    **{code: (code,) for code in TAXONOMIES["clientele"] if code != "anyone"},
    "family": ("families",),
    "parent": ("families",),
    "child": ("children",),
    "minor": ("children", "youth"),
    "man": ("men",),
    "woman": ("women",),
    "indigenous": ("first_nations", "inuit"),
    "trans": ("trans_nonbinary",),
    "migrant": ("migrants",),
    "refugee": ("refugees",),
    "temporary_worker": ("temporary_workers",),
    "sex_worker": ("sex_workers",),
    "survivor": ("anyone",),
    "relative": ("families",),
    "worker": (),
    "professional": (),
}


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter.

    ``values`` are those accepted; ``pattern`` stands for them where they cannot be listed, and
    ``expects`` says it in words. ``closed`` means that a listing that names some values is known
    not to have the others.
    """

    name: str
    kind: Kind = "choice"
    values: tuple[str, ...] = ()
    pattern: str = ""
    expects: str = ""
    many: bool = False
    closed: bool = False
    facet: bool = True

    def accepts(self, value: str) -> bool:
        """Say whether a value may be given."""
        return value in self.values or bool(self.pattern and re.fullmatch(self.pattern, value))

    @property
    def accepted(self) -> str:
        """Say in words what may be given."""
        return self.expects or ", ".join(self.values)


LANGUAGE_CODES = tuple(TAXONOMIES["languages"])
NUMBER = r"[0-9]{1,3}"
TRUE, FALSE = ("true",), ("false",)

FILTERS: dict[str, Filter] = {
    each.name: each
    for each in (
        Filter("need", values=tuple(TAXONOMIES["categories"]), many=True, closed=True),
        Filter("clientele", values=tuple(TAXONOMIES["clientele"]), many=True, closed=True),
        Filter("region", values=tuple(REGIONS), many=True, closed=True),
        Filter("age", "age", pattern=NUMBER, expects="an age in years, 0 to 120", facet=False),
        Filter("gender", values=PEOPLE),
        Filter("status", values=STATUSES),
        Filter(
            "lang",
            "rank",
            values=LANGUAGE_CODES,
            pattern=f"(?:{'|'.join(LANGUAGE_CODES)}):(?:{'|'.join(LANGUAGE_MODES)})",
            expects="a language code such as es, or es:spoken, es:interpreter, es:written",
            many=True,
        ),
        Filter("exploitation", "rank", values=tuple(EXPLOITATION), many=True, facet=False),
        Filter("open_now", "moment", values=TRUE),
        Filter("always_open", values=TRUE),
        Filter("children", pattern=NUMBER, expects="a number of children, or true", values=TRUE),
        Filter("child_age", pattern=NUMBER, expects="the age of a child in years", many=True, facet=False),
        Filter("wheelchair", values=TRUE),
        Filter("free", values=TRUE),
        Filter("health_card_required", values=FALSE),
        Filter("police_report_required", values=FALSE),
        Filter("id_required", values=FALSE),
        Filter("mode", values=("phone", "text", "chat", "textphone", "email", "remote"), many=True),
        Filter("access", values=("walk_in", "phone", "remote", "appointment", "outreach")),
        Filter(
            "area",
            "area",
            pattern=r"[^\x00-\x1f]{2,80}",
            expects="the name of a territory or town",
            facet=False,
        ),
        Filter("accepts_trans", values=TRUE),
        Filter("audience", "rank", values=tuple(AUDIENCES), many=True, facet=False),
        Filter("radius_km", "radius", pattern=r"[0-9]{1,4}", expects="a distance in kilometres", facet=False),
        Filter("pets", values=TRUE),
        Filter("substance_use", values=TRUE),
        Filter("indigenous_led", values=TRUE),
        Filter("route", values=tuple(TAXONOMIES["referral_routes"]), many=True, closed=True),
    )
}
LARGEST_AGE = 120


class FilterError(ValueError):
    """A filter that there is not, or a value that it does not take; ``name`` and ``accepted`` say which."""

    def __init__(self, name: str, value: str, accepted: str) -> None:
        self.name, self.value, self.accepted = name, value, accepted
        what = f"{name}={value}" if name in FILTERS else name
        super().__init__(f"{what}: not a filter we know. Accepted: {accepted}.")


def check_filters(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Return filters by name from pairs as typed; raises FilterError.

    Empty values are left out. The same filter twice means either value, where it takes several;
    otherwise it is refused.
    """
    checked: dict[str, tuple[str, ...]] = {}
    for name, value in ((name.strip(), value.strip()) for name, value in pairs):
        if not value:
            continue
        checked[name] = (*checked.get(name, ()), _checked(name, value))
    for name, values in checked.items():
        if len(set(values)) > 1 and not FILTERS[name].many:
            raise FilterError(name, ", ".join(values), f"one value of {FILTERS[name].accepted}")
    return {name: tuple(dict.fromkeys(values)) for name, values in checked.items()}


def _checked(name: str, value: str) -> str:
    definition = FILTERS.get(name)
    if definition is None:
        raise FilterError(name, value, ", ".join(FILTERS))
    if not definition.accepts(value) or (name in {"age", "child_age"} and int(value) > LARGEST_AGE):
        raise FilterError(name, value, definition.accepted)
    return value
