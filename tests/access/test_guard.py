from uuid import uuid4

import pytest
from flask import Flask

from referral.access import guard
from referral.access.guard import Refusal, load_actors_with, on_refusal, public, require
from referral.access.policy import CONSOLE, Actor, Permission, Target


@pytest.fixture
def bare_app():
    app = Flask("bare")
    app.testing = True
    guard.init_app(app)
    app.add_url_rule("/forgotten", view_func=lambda: "secret", endpoint="forgotten")
    app.add_url_rule("/open", view_func=public(lambda: "hello"), endpoint="open")

    def asked():
        return require(Permission.EDITION_BUILD).name

    app.add_url_rule("/asked", view_func=asked)
    return app


def test_a_view_that_forgets_to_ask_never_answers(bare_app):
    with pytest.raises(RuntimeError, match="forgotten"):
        bare_app.test_client().get("/forgotten")


def test_which_methods_an_address_takes_is_said_without_asking_its_view(bare_app):
    answer = bare_app.test_client().options("/forgotten")

    assert (answer.status_code, answer.text) == (200, "")


def test_a_public_view_answers(bare_app):
    assert bare_app.test_client().get("/open").text == "hello"


def test_a_refusal_looks_like_a_page_that_is_not_there(bare_app):
    assert bare_app.test_client().get("/asked").status_code == 404


def test_someone_without_the_role_is_told_nothing(bare_app):
    load_actors_with(bare_app, lambda: Actor("Exemple"))

    assert bare_app.test_client().get("/asked").status_code == 404


def test_someone_with_the_role_is_answered(bare_app):
    load_actors_with(bare_app, lambda: CONSOLE)

    assert bare_app.test_client().get("/asked").text == "console"


def test_a_missing_page_needs_no_permission_to_be_missing(bare_app):
    assert bare_app.test_client().get("/nowhere").status_code == 404


def test_a_refusal_is_told_to_who_listens_and_looks_the_same(bare_app):
    told = []
    on_refusal(bare_app, told.append)
    asker = Actor("Exemple", user_id=uuid4())
    load_actors_with(bare_app, lambda: asker)

    assert bare_app.test_client().get("/asked").status_code == 404
    assert told == [Refusal(Permission.EDITION_BUILD, Target(), asker)]


def test_what_is_permitted_is_no_refusal(bare_app):
    told = []
    on_refusal(bare_app, told.append)
    load_actors_with(bare_app, lambda: CONSOLE)

    bare_app.test_client().get("/asked")

    assert told == []
