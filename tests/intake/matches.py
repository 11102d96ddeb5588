"""A fictional directory to propose services from, and short ways to ask it."""

from __future__ import annotations

from referral.catalogue.listing import AreaServed, PhoneNumber, Place, SpokenLanguage
from referral.directory.live import NONE_LESSER
from referral.intake.matching import list_sought, read_wanted
from referral.intake.proposing import Search, follow_moves
from tests.pages.example import BUILT_AT, ExampleEdition, make_listing


def bed(slug, region, **changes):
    """Return a shelter of one region of which little else is known."""
    given = {
        "categories": ("emergency_shelter",),
        "clientele": ("women",),
        "place": Place("public_area", region),
        "area": AreaServed(regions=(region,)),
    }
    return make_listing(slug, **(given | changes))


FAMILIES = bed(
    "familles",
    "08",
    clientele=("women", "children"),
    eligibility={"accepts_children": "yes", "accepts_pets": "yes"},
)
NO_DOGS = bed("sans-chien", "08", eligibility={"accepts_children": "yes", "accepts_pets": "no"})
UNTOLD = bed("peu-dit", "08", clientele=("anyone",))
NO_CHILDREN = bed("sans-enfant", "08", eligibility={"accepts_children": "no", "accepts_pets": "no"})
MEN = bed("hommes", "06", clientele=("men",))
WOMEN = bed("femmes", "06")
ALL_WOMEN = bed("toutes", "06", eligibility={"accepts_trans": "yes"})
NOT_TRANS = bed("pas-trans", "06", eligibility={"accepts_trans": "no"})
STEPS = bed("marches", "06", clientele=("anyone",), accessibility={"wheelchair": "no"})
RAMP = bed("rampe", "06", clientele=("anyone",), accessibility={"wheelchair": "yes"})
YOUTH = bed(
    "jeunes",
    "03",
    clientele=("youth",),
    minimum_age=12,
    maximum_age=17,
    eligibility={"accepts_unaccompanied_minors": "yes"},
)
ADULTS = bed("adultes", "03", clientele=("anyone",), minimum_age=18)
ALONE = bed("seuls", "03", clientele=("anyone",), eligibility={"accepts_unaccompanied_minors": "no"})
NUNAVIK = bed("nunavik", "10", area=AreaServed(regions=("10",), municipalities=("Kuujjuaq",)))
LINE = make_listing(
    "ligne",
    categories=("helpline", "mental_health"),
    area=AreaServed(everywhere=True),
    place=Place("public_area", "06"),
    phones=(PhoneNumber("+18005550199", toll_free=True), PhoneNumber("535353", "text")),
    always_open=True,
)
CLINIC = make_listing(
    "clinique",
    categories=("health",),
    eligibility={"health_card_required": "yes", "id_required": "yes"},
)
STREET = make_listing(
    "rue", categories=("health",), eligibility={"health_card_required": "no", "id_required": "no"}
)
SPANISH = make_listing("espagnol", languages=(SpokenLanguage("fr"), SpokenLanguage("es")))
FRENCH = make_listing("francais", languages=(SpokenLanguage("fr"),))
THROUGH = make_listing("par-un-autre", categories=("settlement",), phones=(), fallback=LINE.organization)
LISTINGS = (
    *(FAMILIES, NO_DOGS, UNTOLD, NO_CHILDREN, MEN, WOMEN, ALL_WOMEN, NOT_TRANS, STEPS, RAMP),
    *(YOUTH, ADULTS, ALONE, NUNAVIK, LINE, CLINIC, STREET, SPANISH, FRENCH, THROUGH),
)
EDITION = ExampleEdition(LISTINGS)
MOTHER = {
    "needs": {"shelter": "need-now"},
    "limits": {"gender": "woman", "children": 2, "flags": ["pets"]},
    "regions": {"now": "08"},
}


def propose(at=BUILT_AT, edition=EDITION, **values):
    """Return what is proposed, by need, from values as they are answered."""
    values.setdefault("needs", {"shelter": "need-now"})
    search = Search(edition, follow_moves(edition, read_wanted(values)), at, NONE_LESSER)
    return {need: search.propose(need, state) for need, state in list_sought(values["needs"])}


def slugs(proposals):
    """Return which services those are."""
    return {each.listing.slug for each in proposals}


def of(proposals, listing):
    """Return what is said of one of them."""
    return next(each for each in proposals if each.listing.slug == listing.slug)
