"""Tables of a report with words, as the page, paper and a sheet show them, and the bars of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext as _
from markupsafe import Markup

from referral.evidence.releasing import Release
from referral.partners.charts import draw_bars
from referral.referrals.counting import Counted
from referral.referrals.report_words import TITLES, title_of, words_of
from referral.referrals.reports import BY, PARTS, SHARED, Report, as_part, as_report, make_report

NEED = "need"
Numbers = list[int | None]


@dataclass(frozen=True, slots=True)
class Table:
    """Words and numbers; the last row and the last column are totals. None is hidden."""

    name: str
    title: str
    columns: list[str]
    rows: list[tuple[str, Numbers]]

    @property
    def is_empty(self) -> bool:
        """Say whether there is no column besides the totals: nothing of it may be shown."""
        return not self.rows or (self.name != NEED and not self.columns)

    def draw(self) -> Markup:
        """Return totals of columns as bars (of rows, where needs are all there is), but for hidden ones."""
        if self.name == NEED:
            pairs = [(words, numbers[-1]) for words, numbers in self.rows[:-1]]
        else:
            pairs = list(zip(self.columns, self.rows[-1][1], strict=False))
        bars = [(words, number) for words, number in pairs if number is not None]
        about = _("Number of referrals, with the words of each line above its bar.")
        return draw_bars(self.title, about, bars) if bars else Markup()


def lay_true(rows: Sequence[Counted]) -> list[Table]:
    """Return all tables of true counts."""
    return _lay_all({by: make_report(rows, by) for by in BY})


def lay_released(released: Release) -> list[Table]:
    """Return all tables of what may leave."""
    needs, *tables = _lay_all({by: as_report(released, by) for by in SHARED})
    parts = [
        replace(_lay(of, as_part(released, (by, code, of))), name=f"{of}-{code}", title=title_of(of, code))
        for by, code, of in PARTS
        if released.rows_of((by, code, of))
    ]
    return [needs, tables[0], *parts, *tables[1:]]


def _lay_all(reports: dict[str, Report]) -> list[Table]:
    first = next(iter(reports.values()))
    needs = _lay(NEED, Report(first.rows, (), first.cells, first.missing))
    return [needs, *(_lay(by, report) for by, report in reports.items())]


def _lay(by: str, report: Report) -> Table:
    needs, words = words_of(NEED), words_of(by)
    columns = [*_in_order(report.columns, words), None]
    rows: list[tuple[str, Numbers]] = [
        (_("Total") if row is None else needs.get(row, row), [report.at(row, column) for column in columns])
        for row in (*_in_order(report.rows, needs), None)
    ]
    titles = [words.get(column, column) for column in columns if column is not None]
    return Table(by, str(TITLES[by]), titles, rows if report.rows else [])


def _in_order(codes: Sequence[str], words: dict[str, str]) -> list[str]:
    known = list(words)
    return sorted(codes, key=lambda code: (known.index(code) if code in known else len(known), code))
