"""Charts drawn here as SVG: no script, no colour of their own, so that they read in the dark and on paper.

Each says what it is in a title and a description; the page shows the same numbers in a table beside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count

from markupsafe import Markup

from referral.i18n.lists import say_number
from referral.i18n.locale import current_language

WIDTH = 320
BAR, STEP = 14, 40
CELL, HEAD, BAND = 18, 24, 38
LEAST_SHADE, MOST_SHADE = 0.08, 0.42
"""Light enough that the number over it is read."""
Bars = Sequence[tuple[str, int]]
_numbers = count(1)


def draw_bars(title: str, description: str, rows: Bars) -> Markup:
    """Return a bar for each row, its words above and its number at its end."""
    most = max((number for _label, number in rows), default=0) or 1
    drawn = [
        Markup(
            '<text x="0" y="{y}" font-size="13">{label}</text>'
            '<rect x="0" y="{top}" width="{width}" height="{height}" fill-opacity="0.55"/>'
            '<text x="{end}" y="{base}" font-size="13" font-weight="600">{number}</text>'
        ).format(
            y=place * STEP + 13,
            label=label,
            top=place * STEP + 19,
            width=max(1, round(number / most * (WIDTH - 60))) if number else 0,
            height=BAR,
            end=(round(number / most * (WIDTH - 60)) if number else 0) + 6,
            base=place * STEP + 31,
            number=say_number(number, current_language()),
        )
        for place, (label, number) in enumerate(rows)
    ]
    return _frame(title, description, len(rows) * STEP + 4, drawn)


def draw_grid(
    title: str,
    description: str,
    columns: Sequence[str],
    rows: Sequence[tuple[str, str]],
    numbers: Mapping[tuple[str, str], int],
) -> Markup:
    """Return a cell for each row (code, words) and column (code), darker where there is more.

    An empty cell shows a dash: what is missing must be seen.
    """
    most = max(numbers.values(), default=0) or 1
    drawn = [
        Markup('<text x="{x}" y="14" font-size="10" text-anchor="middle">{code}</text>').format(
            x=place * CELL + CELL // 2, code=code
        )
        for place, code in enumerate(columns)
    ]
    for line, (row, words) in enumerate(rows):
        top = HEAD + line * BAND
        drawn.append(
            Markup('<text x="0" y="{y}" font-size="12">{words}</text>').format(y=top + 11, words=words)
        )
        drawn += [
            _cell(place * CELL, top + 15, numbers.get((row, code), 0), most)
            for place, code in enumerate(columns)
        ]
    return _frame(title, description, HEAD + len(rows) * BAND, drawn)


def _cell(left: int, top: int, number: int, most: int) -> Markup:
    shade = LEAST_SHADE + (MOST_SHADE - LEAST_SHADE) * number / most if number else 0
    return Markup(
        '<rect x="{x}" y="{y}" width="{width}" height="17" fill-opacity="{shade:.2f}"/>'
        '<text x="{middle}" y="{base}" font-size="9" text-anchor="middle">{number}</text>'
    ).format(
        x=left,
        y=top,
        width=CELL - 1,
        shade=shade,
        middle=left + CELL // 2,
        base=top + 12,
        number=number or "–",
    )


def _frame(title: str, description: str, height: int, drawn: Sequence[Markup]) -> Markup:
    number = next(_numbers)
    return Markup(
        '<svg class="chart" role="img" aria-labelledby="chart-{n}-title chart-{n}-about" '
        'xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        'viewBox="0 0 {width} {height}" fill="currentColor">'
        '<title id="chart-{n}-title">{title}</title><desc id="chart-{n}-about">{description}</desc>'
        "{drawn}</svg>"
    ).format(
        n=number,
        width=WIDTH,
        height=height,
        title=title,
        description=description,
        drawn=Markup("").join(drawn),
    )
