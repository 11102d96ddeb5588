from __future__ import annotations

import io
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from referral.audit.events import Action
from referral.audit.models import CasesAuditEvent
from referral.evidence.releasing import add_up, is_small
from referral.i18n.locale import LANGUAGES
from referral.referrals import leaving
from referral.referrals.counting import Tally, count
from referral.referrals.delays import Delay
from referral.referrals.leaving import Asked, LeavesOtherwiseError, NotEndedError, Stand
from referral.referrals.periods import list_periods, quarter_of
from referral.referrals.reasons import Reason
from referral.referrals.release_models import Subject
from referral.referrals.report_sheets import make_book
from referral.referrals.report_tables import Table
from referral.referrals.status import ReferralStatus
from referral.shared.clock import QUEBEC, now
from referral.shared.database import CASES, cases_session, writing
from tests.intake.filing import enter

S = ReferralStatus
TODAY = now().astimezone(QUEBEC).date()
RUNNING, YEAR = quarter_of(TODAY), list_periods(TODAY)[-2]
QUARTER = YEAR.quarters()[-1]
PLANTED = 3
"""How many a planted small cell holds: shelter, declined."""
WORDS = {"fr": ("Hébergement", "moins de 5 ou retenu"), "en": ("Lodging", "less than 5, or held back")}


def tallies(house, receiver, month):
    """Referrals that ended in a month, done and declined: 12 and 3, 9 and 8; 2 and 4 of other needs."""
    counts = {
        ("shelter", S.COMPLETED): 12, ("shelter", S.REJECTED): PLANTED,
        ("legal", S.COMPLETED): 9, ("legal", S.REJECTED): 8, ("health", S.COMPLETED): 2,
        ("family", S.COMPLETED): 4,
    }  # fmt: skip
    for (need, outcome), number in counts.items():
        reason = Reason.FULL if outcome is S.COMPLETED else Reason.NO_CAPACITY
        for _ in range(number):
            yield Tally(
                month, house.id, receiver.id, need, Delay.ONE_DAY, Delay.BEFORE_SERVICE, outcome, reason, "06"
            )


@pytest.fixture
def fill(house, receiver):
    """Return what counts referrals in a month."""

    def fill_month(month=QUARTER.first):
        with writing(cases_session(), CASES) as session:
            for tally in tallies(house, receiver, month):
                count(session, tally)

    return fill_month


@pytest.fixture
def lead(app, session, client, house):
    return enter(app, session, house.lead)


def let_leave(house, period):
    with writing(cases_session(), CASES) as session:
        leaving.let_leave(session, Asked(house.id, Subject.SENT, period), now(), TODAY)


def find(house, period):
    cases_session().rollback()
    return leaving.find_release(cases_session(), Asked(house.id, Subject.SENT, period))


def stand(house, period):
    return leaving.stand_of(cases_session(), Asked(house.id, Subject.SENT, period), TODAY)


def cells_of(content):
    """Return the numbers and words of a workbook: sheet, first cell of the row, head of the column."""
    found = {}
    for sheet in list(load_workbook(io.BytesIO(content)))[1:]:
        head, *rows = sheet.iter_rows(values_only=True)
        found |= {
            (sheet.title.split(" ", 1)[1], row[0], title): value
            for row in rows
            for title, value in zip(head[1:], row[1:], strict=True)
        }
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_inside_every_number_is_true_in_words(lead, fill, language):
    fill()
    page = lead.browser.get(f"/{language}/referrals/reports?period={QUARTER.code}").text
    need, hidden = WORDS[language]
    row = page[page.index(f'<th scope="row">{need}</th>', page.index('id="by-outcome"')) :]
    assert [cell.split("<")[0].strip() for cell in row.split("<td>")[1:4]] == ["12", "3", "15"]
    assert hidden not in page
    assert [code for code in ("no-capacity", "1-day", "before-service", ">shelter<") if code in page] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_planted_small_number_is_on_no_page_and_in_no_sheet_that_leaves(lead, fill, house, language):
    fill()
    address = f"/{language}/referrals/reports/leaving"
    asked = f"period={QUARTER.code}"
    assert lead.browser.get(f"{address}.xlsx?{asked}").status_code == 404
    lead.post(f"{address}?{asked}")
    page = lead.browser.get(f"{address}?{asked}").text
    need, hidden = WORDS[language]
    row = page[page.index(f'<th scope="row">{need}</th>', page.index('id="by-outcome"')) :]
    cells = [cell.split("</td>")[0] for cell in row.split("<td>")[1:4]]
    assert [hidden in cell for cell in cells] == [True, True, False]
    sheet = cells_of(lead.browser.get(f"{address}.xlsx?{asked}").data)
    assert all(
        value == hidden or (isinstance(value, int) and not is_small(value)) for value in sheet.values()
    )
    assert sum(value == hidden for value in sheet.values()) > 0


def test_the_sheet_for_inside_holds_the_true_table_in_the_language_of_the_page(lead, fill):
    fill()
    cells = cells_of(lead.browser.get(f"/fr/referrals/reports.xlsx?period={QUARTER.code}").data)
    ends = "Issue des références"
    assert cells[ends, "Hébergement", "Refusée par l’organisme"] == PLANTED
    assert (cells[ends, "Hébergement", "Total"], cells[ends, "Total", "Total"]) == (15, 38)


def test_what_leaves_is_in_the_audit_when_it_is_made_and_each_time_it_is_taken(lead, fill, house):
    fill()
    lead.post(f"/fr/referrals/reports/leaving?period={QUARTER.code}")
    lead.browser.get(f"/fr/referrals/reports/leaving.xlsx?period={QUARTER.code}")
    cases_session().rollback()
    rows = cases_session().scalars(
        sa.select(CasesAuditEvent.organization_id).where(
            CasesAuditEvent.action == Action.EXPORT, CasesAuditEvent.target_type == "report"
        )
    )
    assert list(rows) == [house.id, house.id]


@pytest.mark.parametrize("path", ["reports", "reports.xlsx", "reports/leaving", "reports/leaving.xlsx"])
def test_who_does_not_lead_finds_no_report(app, session, client, house, path):
    worker = enter(app, session, house.worker)
    assert worker.browser.get(f"/fr/referrals/{path}").status_code == 404
    assert worker.post("/fr/referrals/reports/leaving").status_code == 404


def test_another_organization_finds_its_own_numbers_only(app, session, client, receiver, fill):
    fill()
    other = enter(app, session, receiver.lead)
    own = f"/en/referrals/reports?period={QUARTER.code}"
    assert "No referral ended in this period." in other.browser.get(own).text
    assert "Lodging" in other.browser.get(f"{own}&of=received").text


def test_odd_addresses_show_the_quarter_that_runs(lead):
    for odd in ("period=9999-99-3", "of=x", "period=2026-01-03&of=x"):
        assert lead.browser.get(f"/fr/referrals/reports?{odd}").status_code == 200


def test_what_left_stays_as_it_is_when_a_count_is_corrected(fill, house):
    fill()
    let_leave(house, QUARTER)
    before = find(house, QUARTER)
    fill()
    let_leave(house, QUARTER)
    assert find(house, QUARTER) == before


def test_a_year_that_left_whole_leaves_by_no_quarter(fill, house):
    fill()
    let_leave(house, YEAR)
    with pytest.raises(LeavesOtherwiseError):
        let_leave(house, QUARTER)
    assert (find(house, QUARTER), stand(house, QUARTER)) == (None, Stand.WHOLE)
    assert find(house, YEAR).total == 38


def test_a_year_of_which_a_quarter_left_is_the_sum_of_its_quarters(fill, house):
    for quarter in YEAR.quarters():
        fill(quarter.first)
    let_leave(house, QUARTER)
    assert (find(house, YEAR), stand(house, YEAR)) == (None, Stand.OF_QUARTERS)
    let_leave(house, YEAR)
    assert find(house, YEAR).total == 4 * 38
    assert ("shelter", S.REJECTED) not in find(house, YEAR).tables["outcome"]
    assert stand(house, YEAR) is Stand.LEFT


def test_nothing_leaves_of_a_period_that_still_runs(fill, house):
    with pytest.raises(NotEndedError):
        let_leave(house, RUNNING)
    assert stand(house, RUNNING) is Stand.RUNS


def test_a_year_and_a_quarter_that_are_made_at_once_do_not_both_leave_whole(app, fill, house):
    fill()
    together, refused = Barrier(2), []

    def make(period):
        with app.app_context():
            together.wait()
            try:
                let_leave(house, period)
            except LeavesOtherwiseError:
                refused.append(period)

    threads = [Thread(target=make, args=[period]) for period in (YEAR, QUARTER)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    is_whole = stand(house, QUARTER) is Stand.WHOLE
    assert refused == ([QUARTER] if is_whole else [])
    assert is_whole or find(house, YEAR) == add_up([find(house, quarter) for quarter in YEAR.quarters()])


def test_what_begins_like_a_formula_is_a_text_in_a_sheet(app):
    with app.test_request_context("/fr/"):
        book = load_workbook(
            io.BytesIO(make_book(["=1+1"], [Table("need", "=a/b:c", ["+a"], [("@b", [7, None])])]))
        )
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert [cell.value for cell in cells if str(cell.value)[:1] in "=+-@"] == []
