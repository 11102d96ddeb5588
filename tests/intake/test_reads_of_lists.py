"""How often a page of files asks its database: no more for many files than for one."""

from __future__ import annotations

import sqlalchemy as sa

from referral.shared.database import CASES, db
from tests.intake.filing import enter, make_case


def statements_of(ask):
    """Count what one request sends to the database of case files."""
    sent = []

    def note(_connection, _cursor, statement, *_rest):
        sent.append(statement)

    sa.event.listen(db.engines[CASES], "before_cursor_execute", note)
    try:
        assert ask().status_code == 200
    finally:
        sa.event.remove(db.engines[CASES], "before_cursor_execute", note)
    return len(sent)


def test_a_list_of_many_files_asks_as_often_as_a_list_of_one(app, client, session, house):
    worker = enter(app, session, house.worker)
    make_case(house)
    one = statements_of(lambda: worker.browser.get("/fr/cases/"))
    for _ in range(8):
        make_case(house)

    assert statements_of(lambda: worker.browser.get("/fr/cases/")) == one
