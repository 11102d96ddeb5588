from __future__ import annotations

from datetime import date, time

import pytest
from werkzeug.datastructures import MultiDict

from referral.catalogue.fields import Ages, ForWorkers, Hours, Lacks, ServedArea, Territory
from referral.catalogue.listing import Opening, PhoneNumber, SpokenLanguage, Text
from referral.partners.edit_form import digests_of, list_changed
from referral.partners.editing import from_fields
from referral.partners.typed import add_row, rows_of, to_fields

CHRISTMAS = date(2026, 12, 25)
VALUES = {
    "name": Text("Écoute Exemple", "Example Listening"),
    "description": Text("Une écoute fictive.", None),
    "phones": (
        PhoneNumber("+15145550123", "voice", description=Text("jour", "day")),
        PhoneNumber("535353", "text"),
    ),
    "email": "aide@exemple.example",
    "website": None,
    "referral_routes": ("professional", "self"),
    "hours": Hours(
        None,
        (
            Opening(("MO", "TU"), time(20), time(2)),
            Opening(("SA",), time(9), time(12), date(2026, 12, 1), date(2027, 3, 1)),
            Opening(("FR",), time(10), time(14), CHRISTMAS, CHRISTMAS),
        ),
        Text("Sonnez", None),
        (date(2027, 1, 1),),
    ),
    "categories": ("mental_health",),
    "clientele": (),
    "ages": Ages(16, None),
    "languages": (SpokenLanguage("es", "interpreter"), SpokenLanguage("fr", "spoken")),
    "area": Territory(
        areas=(ServedArea("06"), ServedArea("16", "Longueuil")), description=Text("Autour", None)
    ),
    "eligibility": {"accepts_pets": "yes", "id_required": "no"},
    "cost": "free",
    "required_documents": (Text("Une pièce d’identité", "Identification"),),
    "accessibility": {"wheelchair": "yes"},
    "for_workers": ForWorkers("+15145550199", Text("Demandez l’accueil", None)),
    "lacks": Lacks(("room",), Text("Des lits", None)),
}


def sent(**changes: str) -> MultiDict[str, str]:
    fields = to_fields(VALUES)
    for name, text in changes.items():
        fields[name] = text
    return fields


@pytest.mark.parametrize("name", sorted(VALUES))
def test_a_form_that_nobody_touched_says_what_the_listing_says(name):
    assert from_fields(to_fields(VALUES)).values[name] == VALUES[name]


def test_a_form_that_nobody_touched_changes_nothing():
    reading = from_fields(to_fields(VALUES))

    assert (list_changed(reading, digests_of(VALUES)), reading.problems) == ({}, [])


def test_what_a_form_cannot_show_exactly_counts_as_no_change():
    listed = VALUES | {"eligibility": {"accepts_pets": "unknown"}, "name": Text("Écoute  Exemple", None)}

    assert list_changed(from_fields(to_fields(listed)), digests_of(listed)) == {}


def test_a_phone_is_read_as_people_write_it():
    reading = from_fields(sent(**{"phones-0-number": "(514) 555-0177"}))

    assert reading.values["phones"][0].number == "+15145550177"


@pytest.mark.parametrize(
    ("name", "typed", "field"),
    [
        ("phones-0-number", "514 55", "phones"),
        ("workers_number", "bonjour", "for_workers"),
        ("openings-0-opens", "25:99", "hours"),
        ("openings-0-closes", "", "hours"),
        ("openings-1-first", "demain", "hours"),
        ("days-0-date", "2026-02-31", "hours"),
        ("languages-0-code", "", "languages"),
        ("age_min", "seize", "ages"),
    ],
)
def test_what_cannot_be_read_is_named_at_its_input(name, typed, field):
    problems = from_fields(sent(**{name: typed})).problems

    assert [(problem.field, problem.input) for problem in problems] == [(field, name)]


def test_one_more_row_leaves_the_others():
    fields = sent()
    before = dict(fields.lists())

    add_row(fields, "phones")

    assert rows_of(fields, "phones") == [0, 1, 2]
    assert before.items() <= dict(fields.lists()).items()


def test_a_town_counts_only_where_its_region_is_chosen():
    fields = sent(**{"towns-03": "Québec"})

    assert ServedArea("03", "Québec") not in from_fields(fields).values["area"].areas


def test_a_town_is_written_as_it_is_known():
    assert (
        ServedArea("16", "Longueuil") in from_fields(sent(**{"towns-16": "LONGUEUIL"})).values["area"].areas
    )


def test_a_day_of_its_own_is_open_or_closed():
    reading = from_fields(sent(**{"days-0-closed": "yes"}))

    assert reading.values["hours"].closed_on == (CHRISTMAS, date(2027, 1, 1))
    assert all(each.valid_from != CHRISTMAS for each in reading.values["hours"].openings)
