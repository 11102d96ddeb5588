from __future__ import annotations

import csv
import io
import re
from contextlib import contextmanager
from datetime import date

import pytest
import sqlalchemy as sa
from defusedxml.ElementTree import fromstring

from referral.access.policy import Role
from referral.catalogue.change_models import LanguageToReview, ServiceForWorkers
from referral.catalogue.freshness import MONTHS
from referral.catalogue.importing import import_catalogue
from referral.catalogue.models import Service
from referral.catalogue.trust import Trust
from referral.partners.charts import draw_bars, draw_grid
from referral.partners.health import measure
from referral.shared.bilingual import Bilingual
from referral.shared.database import DIRECTORY, db, writing
from tests.accounts.conftest import START, browser_of, clock, events, open_browser, people
from tests.catalogue.making import make_row, make_shelter, write_services
from tests.neutral import find_telling

__all__ = ["browser_of", "clock", "events", "open_browser", "people"]

TODAY = date(2026, 11, 24)


@pytest.fixture
def fill(session, tmp_path):
    def fill(*rows):
        with writing(session):
            import_catalogue(session, write_services(tmp_path, *rows), "Exemple")
        return list(session.scalars(sa.select(Service).order_by(Service.slug)))

    return fill


def count(session):
    session.rollback()
    return measure(session, Trust.SOURCED, MONTHS, TODAY)


def assure(session, service, day):
    with writing(session):
        session.get_one(Service, service.id).assured_date = day


@pytest.mark.parametrize(
    ("day", "state", "band"),
    [
        (None, "unconfirmed", "never"),
        (date(2026, 10, 1), "fresh", "under-3"),
        (date(2026, 1, 1), "fresh", "6-11"),
        (date(2025, 11, 24), "due", "12-14"),
        (date(2025, 8, 24), "last", "15-17"),
        (date(2025, 5, 24), "hidden", "18-or-more"),
    ],
)
def test_each_service_is_counted_by_its_last_confirmation(session, fill, day, state, band):
    (service,) = fill(make_row())
    assure(session, service, day)
    found = count(session)
    assert (dict(found.whole.standings), dict(found.ages)) == ({state: 1}, {band: 1})


def test_a_shelter_is_due_sooner(session, fill):
    (shelter,) = fill(make_shelter())
    assure(session, shelter, date(2026, 4, 1))
    assert count(session).whole.overdue == 1


def test_what_nobody_knows_is_counted_by_field(session, fill):
    fill(make_row(1, cost="free"), make_row(2))
    found = count(session)
    assert (found.gaps["cost"], found.gaps["phones"], found.gaps["hours"]) == (1, 0, 2)


def test_languages_out_of_step_are_counted(session, fill):
    first, _second = fill(make_row(1), make_row(2, service_name_en=""))
    with writing(session):
        session.add(LanguageToReview(service_id=first.id, field="name", language="en", since=START))
    found = count(session).languages
    assert dict(found) == {"review-english": 1, "no-english": 1}


def test_services_are_counted_by_region_and_by_need(session, fill):
    fill(make_row(1), make_row(2, region_code="13", city="Laval", service_area_fr="Laval"))
    found = count(session)
    assert (found.regions["06"].services, found.regions["13"].services) == (1, 1)
    assert (found.needs["youth"].services, found.grid["youth", "13"]) == (2, 1)


def test_a_service_for_all_of_quebec_counts_in_each_region(session, fill):
    (service,) = fill(make_row())
    with writing(session):
        for area in session.get_one(Service, service.id).service_areas:
            area.region_code = "00"
    found = count(session)
    assert {row.services for row in found.regions.values()} == {1}
    assert len(found.regions) == 17


def test_what_is_not_published_is_not_counted(session, fill):
    fill(make_row(1), make_row(2, publishable="no"))
    assert count(session).whole.services == 1


def test_what_organizations_lack_is_counted(session, fill):
    (service,) = fill(make_row())
    nothing = Bilingual(None, None)
    with writing(session):
        session.add(
            ServiceForWorkers(
                service_id=service.id, lacks="room;staff", description=nothing, lacks_description=nothing
            )
        )
    assert dict(count(session).lacks) == {"room": 1, "staff": 1}


@contextmanager
def statements():
    found = []
    listen = lambda *given: found.append(given[2])  # noqa: E731
    sa.event.listen(db.engines[DIRECTORY], "before_cursor_execute", listen)
    yield found
    sa.event.remove(db.engines[DIRECTORY], "before_cursor_execute", listen)


def test_the_number_of_statements_does_not_grow_with_the_catalogue(session, fill):
    counts = []
    for size in (1, 12):
        fill(*(make_row(number) for number in range(1, size + 1)))
        session.rollback()
        with statements() as found:
            measure(session, Trust.SOURCED, MONTHS, TODAY)
        counts.append(len(found))
    assert counts[0] == counts[1] <= 14


HOSTILE = '<script>alert("&")</script>'


def test_a_chart_is_well_formed_and_says_what_it_is():
    drawn = fromstring(draw_bars("Titre", "Exemple", [(HOSTILE, 3), ("B", 0)]))
    space = "{http://www.w3.org/2000/svg}"
    assert drawn.find(f"{space}title").text == "Titre"
    assert drawn.find(f"{space}desc").text == "Exemple"
    assert HOSTILE in {each.text for each in drawn.iter(f"{space}text")}


def test_a_chart_has_no_colour_of_its_own_so_that_it_reads_in_the_dark_and_on_paper():
    drawn = str(draw_grid("T", "D", ["06"], [("youth", "Jeunes")], {("youth", "06"): 4}))
    assert set(re.findall(r'fill="([^"]+)"', drawn)) == {"currentColor"}
    assert "style" not in drawn


def test_a_grid_shows_each_number_and_a_dash_where_there_is_none():
    drawn = draw_grid("T", "D", ["06", "13"], [("youth", "Jeunes")], {("youth", "06"): 4})
    texts = [each.text for each in fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")]
    assert texts == ["06", "13", "Jeunes", "4", "–"]


@pytest.fixture
def vetter(people, browser_of):
    return browser_of(people.add("robin.exemple", (Role.VETTER, None)))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_shows_charts_and_the_same_numbers_in_tables(fill, vetter, language):
    fill(make_row(1), make_row(2, region_code="13", city="Laval"))
    answer = vetter.get(f"/{language}/vetting/health")
    assert answer.status_code == 200
    assert (answer.text.count('<svg class="chart"'), answer.text.count("<table")) == (5, 7)


@pytest.mark.parametrize("name", ["ages", "gaps", "languages", "regions", "needs", "grid", "lacks"])
def test_each_table_can_be_taken_as_a_file_whose_name_tells_nothing(fill, vetter, events, name):
    fill(make_row())
    answer = vetter.get(f"/fr/vetting/health/{name}.csv")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len({len(row) for row in rows}) == 1
    assert find_telling(answer.headers["Content-Disposition"]) == []
    assert events("export") == [("export", "health", "Robin Exemple")]


def test_no_partner_sees_the_health_of_the_catalogue(people, browser_of):
    browser = browser_of(people.lead())
    assert browser.get("/en/vetting/health").status_code == 404
    assert browser.get("/en/vetting/health/grid.csv").status_code == 404
