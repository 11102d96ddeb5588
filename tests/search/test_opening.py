"""What is open is judged for all at once as ``catalogue.schedules`` judges it for one."""

from datetime import date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from referral.catalogue.listing import Opening
from referral.catalogue.schedules import WEEKDAYS, is_open
from referral.search.index import build_index
from referral.search.opening import open_and_closed
from referral.shared.clock import QUEBEC
from tests.search.making import find, make_listing

times = st.sampled_from([time(0), time(8, 30), time(12), time(17), time(20), time(23, 59, 59)])
days = st.sampled_from([None, date(2026, 6, 1), date(2026, 6, 24), date(2026, 12, 31)])
openings = st.builds(
    Opening,
    byday=st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=7, unique=True).map(tuple),
    opens_at=times,
    closes_at=times,
    valid_from=days,
    valid_to=days,
)
listings = st.builds(
    make_listing,
    openings=st.lists(openings, max_size=3).map(tuple),
    closed_on=st.lists(
        st.sampled_from([date(2026, 6, 23), date(2026, 6, 24), date(2026, 12, 31)]), max_size=2
    ).map(tuple),
    always_open=st.sampled_from([None, True, False]),
    status=st.sampled_from(["active", "active", "temporarily closed"]),
)
moments = st.one_of(
    st.datetimes(datetime(2026, 6, 20), datetime(2026, 6, 28)),  # noqa: DTZ001  # made aware below
    st.datetimes(datetime(2026, 12, 22), datetime(2027, 1, 4)),  # noqa: DTZ001
).map(lambda moment: moment.replace(tzinfo=QUEBEC))


@settings(max_examples=150, deadline=None)
@given(st.lists(listings, min_size=1, max_size=5), moments)
def test_openness_agrees_with_the_rule_for_one_listing(some, at):
    opened, closed = open_and_closed(build_index(some), at)

    judged = [True if n in opened else False if n in closed else None for n in range(len(some))]

    assert judged == [is_open(listing, at) for listing in some]


def test_hours_past_midnight_hold_on_the_day_after():
    night = make_listing(openings=(Opening(("TU",), time(20), time(4)),))
    at = datetime(2026, 11, 25, 3, 0, tzinfo=QUEBEC)

    assert find([night], at=at, open_now="true").hits[0].open_now is True
    assert find([night], at=at + timedelta(hours=2), open_now="true").total == 0


def test_a_holiday_is_unknown_and_kept():
    office = make_listing(openings=(Opening(WEEKDAYS, time(9), time(17)),))
    christmas = datetime(2026, 12, 25, 10, 0, tzinfo=QUEBEC)

    assert find([office], at=christmas, open_now="true").hits[0].unknown == ("open_now",)
