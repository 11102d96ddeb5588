"""An attack on what is released, written without the code it attacks: a search over all whole numbers."""

from __future__ import annotations

SMALLEST_SHOWN, MOST = 5, 40


def can_be_other(counts, shown, hidden, goal):
    """Say whether some counts agree with all that is shown, and have another sum in ``goal``.

    ``shown`` are groups with their sums; ``hidden`` are groups of which the attacker knows, besides, whether
    they are small. Complete: it finds such counts if there are any below ``MOST``.
    """
    keys = list(counts)
    at = {key: place for place, key in enumerate(keys)}
    limits = [(frozenset(at[key] for key in group), number, number) for group, number in shown]
    for group in hidden:
        low = sum(counts[key] for key in group) >= SMALLEST_SHOWN
        limits.append(
            (
                frozenset(at[key] for key in group),
                *((SMALLEST_SHOWN, 10**6) if low else (0, SMALLEST_SHOWN - 1)),
            )
        )
    true = sum(counts[key] for key in goal)
    places = frozenset(at[key] for key in goal)
    return any(
        solve([(0, MOST)] * len(keys), [*limits, (places, *wanted)])
        for wanted in ((true + 1, true + 1), (true - 1, true - 1))
    )


def solve(ranges, limits):
    """Propagate bounds, then split: complete for whole numbers."""
    ranges = list(ranges)
    changing = True
    while changing:
        changing = False
        for group, low, high in limits:
            least, most = sum(ranges[at][0] for at in group), sum(ranges[at][1] for at in group)
            if least > high or most < low:
                return False
            for at in group:
                under, over = ranges[at]
                new = max(under, low - (most - over)), min(over, high - (least - under))
                if new != ranges[at]:
                    if new[0] > new[1]:
                        return False
                    ranges[at], changing = new, True
                    least += new[0] - under
                    most += new[1] - over
    open_ = [at for at, (low, high) in enumerate(ranges) if low < high]
    if not open_:
        return True
    at = min(open_, key=lambda each: ranges[each][1] - ranges[each][0])
    low, high = ranges[at]
    return any(
        solve([*ranges[:at], part, *ranges[at + 1 :]], limits)
        for part in ((low, (low + high) // 2), ((low + high) // 2 + 1, high))
    )
