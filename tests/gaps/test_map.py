"""The gap map: what it counts, what it hides, who sees it, and that all its ways of showing agree."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime

import pytest
import time_machine

from referral.access.policy import Role
from referral.catalogue.listing import AreaServed, Place, SpokenLanguage
from referral.edition.reader import READER
from referral.evidence.kinds import UnmetReason
from referral.evidence.models import UnmetNeed
from referral.gaps.choice import Choice, read_choice
from referral.gaps.standing import Standing, stand
from referral.gaps.supply import Found, count_services
from referral.gaps.told import band_of, last_period, release_told
from referral.geo.areas import REGIONS
from referral.geo.pictures import SOUTH, WHOLE, draw
from referral.shared.database import writing
from tests.pages.example import BUILT_AT, ExampleEdition, make_listing
from tests.security.people import make_organization, make_user, sign_in

NOON = datetime(2026, 11, 24, 17, tzinfo=UTC)
BED = "emergency_shelter"


def serving(slug, *regions, **changes):
    area = AreaServed(regions=regions) if regions else AreaServed(everywhere=True)
    given = {"categories": (BED,), "place": Place("public_area", "06"), "area": area}
    return make_listing(slug, **(given | changes))


EDITION = ExampleEdition((
    serving("deux-regions", "06", "13", clientele=("women", "youth"), languages=(SpokenLanguage("es"),)),
    serving("hommes", "06", clientele=("men",)),
    serving("muet", "03", clientele=()),
    serving("partout", area=AreaServed(everywhere=True, regions=("06",))),
    serving("ferme", "09", status="inactive"),
    serving("innu", "09", clientele=("anyone",), languages=(SpokenLanguage("moe"), SpokenLanguage("fr"))),
    serving("enfants", "16", clientele=("children",)),
    serving("ailleurs", area=AreaServed(), place=Place()),
))  # fmt: skip


def counted(population="", language=""):
    found = count_services(EDITION.index, BUILT_AT, Choice(BED, population, language))
    return found, {code: each for (need, code), each in found.regions.items() if need == BED}


def test_a_service_counts_once_in_each_region_that_it_serves_and_once_in_all():
    found, regions = counted()

    assert {code: each.known for code, each in regions.items() if each.known} == {
        "06": 2, "13": 1, "03": 1, "09": 1, "16": 1,
    }  # fmt: skip
    assert found.whole[BED].known == 7


def test_who_serves_all_of_quebec_is_present_in_no_region_and_neither_is_one_without_a_region():
    found, regions = counted()

    assert (found.everywhere[BED].known, found.nowhere[BED].known) == (1, 1)
    assert sum(each.known for each in regions.values()) == 6


def test_what_is_closed_to_new_people_is_not_counted():
    assert counted()[1]["09"].known == 1


def test_a_population_leaves_who_takes_it_and_sets_apart_who_does_not_say():
    regions = counted("women")[1]

    assert (regions["06"], regions["03"], regions["09"]) == (Found(1), Found(0, 1), Found(1))
    assert stand(counted("men")[1]["13"]) is Standing.NONE
    assert stand(counted("inuit")[1]["06"]) is Standing.NONE


def test_a_listing_that_names_no_gender_takes_any():
    assert [counted(each)[1]["16"].known for each in ("women", "men", "trans_nonbinary", "youth")] == [
        1,
        1,
        1,
        0,
    ]


def test_a_language_that_is_not_named_is_to_be_asked_about_and_french_goes_without_saying():
    assert counted(language="es")[1]["06"] == Found(1, 1)
    assert counted(language="indigenous")[1]["09"] == Found(1)
    assert counted(language="fr")[1]["06"] == Found(1, 1)


@pytest.mark.parametrize(
    ("known", "unsaid", "standing"),
    [(0, 0, "none"), (0, 3, "ask"), (1, 0, "few"), (2, 9, "few"), (3, 0, "several")],
)
def test_how_a_region_stands(known, unsaid, standing):
    assert stand(Found(known, unsaid)) == standing


def test_what_an_address_asks_are_codes_and_anything_else_counts_as_not_given():
    assert read_choice({"need": "police", "population": "inuit", "lang": "iu"}) == Choice(
        "police", "inuit", "iu"
    )
    assert read_choice({"need": "<b>", "population": "anyone", "lang": "Merle"}) == Choice(BED)


@pytest.mark.parametrize(
    ("today", "begins", "last"),
    [
        (date(2026, 11, 24), date(2025, 10, 1), date(2026, 9, 30)),
        (date(2026, 1, 1), date(2025, 1, 1), date(2025, 12, 31)),
        (date(2026, 3, 31), date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
def test_needs_are_those_of_four_quarters_that_have_ended(today, begins, last):
    period = last_period(today)
    assert (period.begins, period.last_day) == (begins, last)


def test_a_small_number_of_a_region_cannot_be_worked_out_from_the_total():
    rows = [("06", "women", 11), ("13", "women", 3), ("09", "women", 6), ("05", "men", 20), (None, None, 8)]
    told = release_told((BED, *row) for row in rows)
    shown = [told.in_region(BED, code) for code in (*REGIONS, "")]

    assert told.in_region(BED, "13") is None
    assert told.whole(BED) is None or shown.count(None) > 1
    assert told.in_region(BED, "05") == 20
    assert told.in_region("police", "06") is None


def test_of_a_number_only_its_band_is_told_and_none_is_told_as_few_are():
    assert [band_of(number) for number in (0, 4, 5, 9, 10, 49, 50, 100, 4000)] == [
        None, None, 5, 5, 10, 20, 50, 100, 100,
    ]  # fmt: skip
    assert release_told([(BED, "06", None, 24)]).in_region(BED, "06") == 20


def test_every_region_has_its_number_in_one_picture_only_and_within_it():
    numbered = [
        (shape.code, frame, shape.label) for frame in (WHOLE, SOUTH) for shape in draw(frame) if shape.label
    ]

    assert sorted(code for code, _frame, _at in numbered) == sorted(REGIONS)
    assert all(0 < x < frame.width and 0 < y < frame.height for _code, frame, (x, y) in numbered)


@pytest.fixture
def enter(app, session, client):
    """Show the fictional directory and needs that were told, and sign somebody in."""
    kept, app.extensions[READER] = app.extensions[READER], EDITION
    rows = [("06", "women", 7), ("13", "women", 3), ("09", "men", 6), ("16", "women", 5)]
    with writing(session):
        for region, population, number in rows:
            session.add_all(
                UnmetNeed(
                    month=date(2026, 5, 1), region_code=region, need=BED, clientele=population,
                    reason=UnmetReason.NO_CAPACITY,
                )
                for _ in range(number)
            )  # fmt: skip

    def enter(role=Role.ORGANIZATION_LEAD):
        place = None if role in {Role.VETTER, Role.OPERATOR} else make_organization(session, "Maison Exemple")
        return sign_in(app, session, make_user(session, ((place, role),), "Alex Exemple")).browser

    with time_machine.travel(NOON, tick=False):
        yield enter
    app.extensions[READER] = kept


def words_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.replace("\u00a0", " ")))


def test_the_page_says_in_both_languages_how_each_region_stands_and_what_its_numbers_are_not(enter):
    browser = enter()
    french, english = (
        words_of(browser.get(f"/{each}/gaps/map?population=women").text) for each in ("fr", "en")
    )

    assert "13 Laval 1 – Laval Few not shown" in english
    assert "13 Laval 1 – Laval Peu non montré" in french
    assert "That it lists none is no proof that there is none" in english
    assert "from October 1, 2025 to September 30, 2026" in english
    assert "du 1er octobre 2025 au 30 septembre 2026" in french


def test_table_map_and_file_agree(enter):
    browser, query = enter(), f"?need={BED}&population=women"
    page = browser.get(f"/en/gaps/map{query}").text
    signs = browser.get(f"/en/gaps/map.json{query}").json["regions"]
    file = csv.reader(io.StringIO(browser.get(f"/en/gaps/map.csv{query}").data.decode("utf-8-sig")))
    rows = {row[1]: row for row in file if row[0] == "Emergency shelter"}

    assert set(signs) == set(rows) == set(REGIONS)
    for code, sign in signs.items():
        cells = re.findall(
            r"<t[dh][^>]*>(.*?)</t[dh]>", page.split(f'id="region-{code}"')[1].split("</tr>")[0], re.S
        )
        shown = [words_of(cell).split() for cell in cells]
        standing, told = rows[code][5], rows[code][6]
        assert shown[1][0] == rows[code][3]
        assert " ".join(shown[2]) == standing
        assert " ".join(shown[3]) == told
        assert standing.lower() in sign["words"]
        assert sign["told"] == (0 if told == "not shown" else int(told.split("–")[0]))


def test_a_number_that_is_hidden_is_nowhere(enter):
    browser = enter()
    signs = browser.get("/en/gaps/map.json").json["regions"]
    row = browser.get("/en/gaps/map").text.split('id="region-13"')[1].split("</tr>")[0]

    assert (signs["09"]["told"], signs["13"]["told"]) == (5, 0)
    assert "Needs told: not shown" in signs["13"]["words"]
    assert "3" not in words_of(row).replace("13", "")


@pytest.mark.parametrize("role", [Role.INTAKE_WORKER, Role.PARTNER_EDITOR, Role.VETTER, Role.OPERATOR])
def test_who_reads_no_reports_finds_no_such_pages(enter, role):
    browser = enter(role)
    for path in ("map", "map.json", "map.csv", "map/frame", "map.js", "map.css"):
        assert browser.get(f"/en/gaps/{path}").status_code == 404


def test_nothing_comes_from_elsewhere_and_nothing_is_inline(enter):
    browser = enter()
    for path in ("map", "map/frame"):
        answer = browser.get(f"/fr/gaps/{path}")
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]
        assert re.findall(r'(?:\ssrc|<link[^>]*\shref|\saction)="(?!/[^/])[^"]*"', answer.text) == []
        assert re.findall(r"<script(?![^>]*\ssrc=)[^>]*>|\sstyle\s*=|\son\w+\s*=", answer.text) == []
    parts = "".join(browser.get(f"/fr/gaps/{each}").text for each in ("map.js", "map.css"))
    assert set(re.findall(r"(?:https?:)?//[\w.-]+\.\w+", parts)) <= {"http://www.w3.org"}
