"""The gap map drawn here as SVG: a region is hatched, dotted, light or full, and bears its number.

No script and no colour of its own: the style sheet gives both looks, and paper. A ring around a number is
for needs that were told, the wider the more. The table beside says the same in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt

from markupsafe import Markup

from referral.gaps.standing import Standing
from referral.geo.pictures import SOUTH, WHOLE, Frame, Shape, draw, outline

SMALLEST_RING, LARGEST_RING = 11.0, 19.0
FILLS = {Standing.NONE: "url(#gap-none)", Standing.ASK: "url(#gap-ask)"}
PATTERNS = Markup(
    '<defs><pattern id="gap-none" width="7" height="7" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect class="gap-map__ground" width="7" height="7"/>'
    '<rect class="gap-map__hatch" width="2" height="7"/></pattern>'
    '<pattern id="gap-ask" width="7" height="7" patternUnits="userSpaceOnUse">'
    '<rect class="gap-map__ground" width="7" height="7"/>'
    '<circle class="gap-map__dot" cx="3.5" cy="3.5" r="1.2"/></pattern></defs>'
)


@dataclass(frozen=True, slots=True)
class Sign:
    """What the map shows of a region: how it stands, its number, and about how many needs were told there."""

    name: str
    standing: Standing
    number: str
    told: int
    words: str


def draw_whole(signs: Mapping[str, Sign]) -> Markup:
    """Return all of Québec, with the frame of the part that ``draw_south`` enlarges."""
    left, top, width, height = outline(WHOLE, SOUTH)
    box = Markup('<rect class="gap-map__box" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(
        left, top, width, height
    )
    return _draw(WHOLE, signs, PATTERNS, box)


def draw_south(signs: Mapping[str, Sign]) -> Markup:
    """Return the south, where most people live."""
    return _draw(SOUTH, signs, Markup(), Markup())


def draw_key(standing: Standing) -> Markup:
    """Return a small square of how a region is drawn, for the legend."""
    return Markup(
        '<svg class="gap-map gap-map--key" viewBox="0 0 28 20" width="28" height="20" aria-hidden="true" '
        'focusable="false"><rect class="is-{}" fill="{}" x="1" y="1" width="26" height="18" rx="3"/></svg>'
    ).format(standing.value, _fill(standing))


def _draw(frame: Frame, signs: Mapping[str, Sign], before: Markup, after: Markup) -> Markup:
    shapes = draw(frame)
    most = max((each.told for each in signs.values()), default=0)
    return Markup(
        '<svg class="gap-map" viewBox="0 0 {} {}" aria-hidden="true" focusable="false">{}{}{}{}</svg>'
    ).format(
        frame.width,
        frame.height,
        before,
        _join(_region(shape, signs[shape.code]) for shape in shapes),
        after,
        _join(_number(shape, signs[shape.code], most) for shape in shapes if shape.label),
    )


def _region(shape: Shape, sign: Sign) -> Markup:
    return Markup(
        '<a href="#region-{code}" tabindex="-1"><path class="is-{standing}" fill="{fill}" d="{path}">'
        "<title>{words}</title></path></a>"
    ).format(
        code=shape.code,
        standing=sign.standing.value,
        fill=_fill(sign.standing),
        path=shape.path,
        words=sign.words,
    )


def _number(shape: Shape, sign: Sign, most: int) -> Markup:
    x, y = shape.label or (0.0, 0.0)
    radius = SMALLEST_RING + (LARGEST_RING - SMALLEST_RING) * sqrt(sign.told / most) if sign.told else 0.0
    drawn = [_beside(shape, sign, radius or SMALLEST_RING)] if shape.anchor else []
    if sign.told:
        drawn.append(
            Markup('<circle class="gap-map__ring" cx="{:.1f}" cy="{:.1f}" r="{:.1f}"/>').format(x, y, radius)
        )
    number = Markup(
        '<text class="on-{}" x="{:.1f}" y="{:.1f}" text-anchor="middle" dominant-baseline="central">{}</text>'
    )
    on = "ground" if shape.anchor else sign.standing.value
    return _join([*drawn, number.format(on, x, y, sign.number)])


def _beside(shape: Shape, sign: Sign, radius: float) -> Markup:
    """Return the line from a number that stands beside the map to its region, and the region's name."""
    (x, y), (to_x, to_y) = shape.label or (0.0, 0.0), shape.anchor or (0.0, 0.0)
    return Markup(
        '<path class="gap-map__line" d="M{:.1f} {:.1f}L{:.1f} {:.1f}"/>'
        '<circle class="gap-map__end" cx="{:.1f}" cy="{:.1f}" r="2.5"/>'
        '<text class="gap-map__name" x="{:.1f}" y="{:.1f}" dominant-baseline="central">{}</text>'
    ).format(x, y - radius, to_x, to_y, to_x, to_y, x + radius + 4, y, sign.name)


def _fill(standing: Standing) -> str:
    return FILLS.get(standing, "currentColor")


def _join(parts: Iterable[Markup]) -> Markup:
    return Markup("").join(parts)
