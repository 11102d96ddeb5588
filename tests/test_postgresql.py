from __future__ import annotations

import sqlalchemy as sa

from tests import postgresql


def test_two_databases_of_one_server_do_not_share_tables():
    with postgresql.empty_database() as one, postgresql.empty_database() as two:
        engines = [sa.create_engine(url) for url in (one, two)]
        with engines[0].begin() as connection:
            connection.execute(sa.text("CREATE TABLE only_here (id integer)"))

        assert sa.inspect(engines[1]).get_table_names() == []

        for engine in engines:
            engine.dispose()
