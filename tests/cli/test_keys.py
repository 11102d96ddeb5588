from __future__ import annotations

import re
import uuid

import pytest
import sqlalchemy as sa

from referral.access.policy import CONSOLE
from referral.audit.models import CasesAuditEvent
from referral.audit.services import KEY
from referral.cli import keys as commands
from referral.intake.safe import make_safe, open_safe
from referral.keyring.folder import list_masters, remove_master
from referral.keyring.models import DataKey, Kind, MasterKey, OrganizationKey
from referral.keyring.services import Thing, remove_retired
from referral.shared.clock import now
from referral.shared.database import KEYS, cases_session, keys_session, writing

CODE = re.compile(r"^    ((?:[A-Z2-7]{4}-){7}[A-Z2-7]{4})$", re.MULTILINE)


@pytest.fixture
def folder(app, session, tmp_path, monkeypatch):
    """The folder of master keys of this test, which holds none yet."""
    monkeypatch.setitem(app.config, "MASTER_KEY_DIR", tmp_path / "masters")
    return tmp_path / "masters"


@pytest.fixture
def run(app, folder):
    """Return a function that runs a command of an English-speaking terminal."""

    def run(*arguments: str, typed: str = ""):
        keys_session().rollback()
        cases_session().rollback()
        runner = app.test_cli_runner(env={"LC_ALL": "en_CA.UTF-8"})
        return runner.invoke(args=["relais", "keys", *arguments], input=typed)

    return run


@pytest.fixture
def code(run):
    """The recovery code of a master key that was made."""
    return CODE.search(run("create").stdout)[1]


@pytest.fixture
def safe(code):
    """Something sealed with a key of its own."""
    return make_safe(Thing(Kind.CASE, uuid.uuid4(), uuid.uuid4()), now())


def lose(folder):
    for name in list_masters(folder):
        remove_master(folder, name)


def recorded():
    cases_session().rollback()
    columns = (CasesAuditEvent.action, CasesAuditEvent.target_type, CasesAuditEvent.actor)
    return cases_session().execute(sa.select(*columns).order_by(CasesAuditEvent.number)).all()


def test_made_its_code_is_on_the_standard_output_with_what_to_do_with_it(run):
    result = run("create")

    assert result.exit_code == 0
    assert len(CODE.findall(result.stdout)) == 1
    assert "paper" in result.stdout
    assert "safe" in result.stdout
    assert "Never keep it with the backups" in result.stdout
    assert result.stderr == ""


def test_the_code_is_said_before_the_key_counts(run, monkeypatch):
    said = []
    monkeypatch.setattr(commands.click, "echo", lambda *_given: said.append(True) or stop())

    assert run("create").exit_code != 0
    assert said
    assert keys_session().scalars(sa.select(MasterKey)).all() == []


def stop():
    raise KeyboardInterrupt


def test_making_a_second_one_is_refused_without_a_code(run, code):
    result = run("create")

    assert result.exit_code == 1
    assert CODE.search(result.output) is None
    assert "keys rotate" in result.stderr


def test_made_only_if_there_is_none_a_second_time_says_nothing(run, code):
    result = run("create", "--if-none")

    assert (result.exit_code, result.output) == (0, "")


def test_rotated_the_code_is_another_and_the_thing_is_read(run, code, safe, folder):
    result = run("rotate")

    assert result.exit_code == 0
    assert CODE.search(result.stdout)[1] != code
    assert "for 1 organization." in result.stdout
    assert len(list_masters(folder)) == 1
    assert open_safe(safe.thing).key == safe.key


def test_rotated_it_says_how_long_the_paper_before_is_needed(run, safe):
    assert "30 days at most" in run("rotate").stdout


def test_nothing_is_rotated_where_none_was_made(run):
    result = run("rotate")

    assert result.exit_code == 1
    assert result.stderr.strip() == "There is no master key yet: flask --app wsgi relais keys create"


def test_stopped_before_the_old_file_is_removed_the_next_rotation_removes_it(run, safe, folder, monkeypatch):
    monkeypatch.setattr(commands, "remove_retired", lambda _ring: stop())
    run("rotate")
    monkeypatch.setattr(commands, "remove_retired", remove_retired)
    assert len(list_masters(folder)) == 2
    assert open_safe(safe.thing).key == safe.key
    run("rotate")

    assert len(list_masters(folder)) == 1
    assert open_safe(safe.thing).key == safe.key


def test_recovered_the_thing_is_read_again(run, code, safe, folder):
    lose(folder)
    result = run("recover", typed=f"{code}\n")

    assert result.exit_code == 0, result.output
    assert open_safe(safe.thing).key == safe.key


def test_the_code_is_never_an_argument(run, code):
    assert run("recover", code).exit_code == 2


def test_the_code_is_not_repeated(run, code):
    assert code not in run("recover", typed=f"{code}\n").output


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "not a recovery code"),
        ("nothing of the kind\n", "not a recovery code"),
        ("é\x00\n", "not a recovery code"),
        ("-".join(["AAAA"] * 8) + "\n", "none of the master keys"),
    ],
)
def test_a_wrong_code_is_one_sentence(run, code, typed, said):
    result = run("recover", typed=typed)

    assert result.exit_code == 1
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_the_state_names_the_key_how_many_and_that_all_is_there(run, safe, folder):
    result = run("status")

    assert result.exit_code == 0
    assert f"Master key {list_masters(folder)[0]}" in result.output
    assert "1 organization" in result.output
    assert "Case files: 1" in result.output
    assert "Every master key that is needed is there" in result.output


def test_the_state_with_a_lost_file_names_it_and_ends_with_1(run, safe, folder):
    (name,) = list_masters(folder)
    lose(folder)
    result = run("status")

    assert result.exit_code == 1
    assert f"{name}.key. With its paper" in result.stderr


def test_the_state_with_a_file_that_others_read_says_how_to_mend_it(run, safe, folder):
    path = folder / f"{list_masters(folder)[0]}.key"
    path.chmod(0o644)
    result = run("status")

    assert result.exit_code == 1
    assert f"chmod 600 {path}" in result.stderr


def test_the_state_names_a_file_that_the_store_does_not_know(run, code, folder):
    (folder / "ABCDEFGH.key").touch(0o600)

    assert "does not know: ABCDEFGH." in run("status").output


def test_the_state_without_any_key_ends_with_1(run):
    assert run("status").exit_code == 1


def test_no_key_is_ever_printed(run, safe):
    keys = [row.wrapped.hex() for row in keys_session().scalars(sa.select(OrganizationKey))]
    keys += [safe.key.hex()]
    said = run("status").output + run("rotate").output

    assert not [key for key in keys if key in said]


def test_each_act_that_is_done_is_written_down_and_none_that_is_not(run, code, folder):
    run("rotate")
    lose(folder)
    run("recover", typed="no\n")
    run("status")

    assert recorded() == [(act, "master_key", CONSOLE.name) for act in ("create", "change", "view")]


def test_looking_is_written_down_too(run, code):
    run("status")

    assert recorded()[-1] == ("view", "master_key", CONSOLE.name)


def test_nothing_is_done_that_could_not_be_written_down(run, app, folder, monkeypatch):
    monkeypatch.delitem(app.extensions, KEY)
    result = run("create")

    assert result.exit_code == 1
    assert "RELAIS_AUDIT_KEY" in result.stderr
    assert list_masters(folder) == []


def test_without_case_files_it_says_so(run, app, monkeypatch):
    monkeypatch.setitem(app.config, "CASES_URL", None)
    result = run("create")

    assert result.exit_code == 1
    assert "RELAIS_CASES_URL" in result.stderr


def test_a_folder_that_cannot_be_written_is_one_sentence(run, app, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setitem(app.config, "MASTER_KEY_DIR", tmp_path / "file" / "masters")
    result = run("create")

    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    assert "A file cannot be written" in result.stderr


def test_a_store_that_does_not_answer_is_one_sentence(run, code, monkeypatch):
    def refuse(*_given):
        raise sa.exc.OperationalError("", {}, Exception("down"))

    monkeypatch.setattr(commands, "rotate_master", refuse)
    result = run("rotate")

    assert result.exit_code == 1
    assert "does not answer" in result.stderr


def orphan(count):
    """Store keys of two days ago that open nothing."""
    for _ in range(count):
        make_safe(Thing(Kind.CASE, uuid.uuid4(), uuid.uuid4()), now())
    with writing(keys_session(), KEYS) as session:
        session.execute(sa.update(DataKey).values(made_at=OLD))


OLD = now().replace(year=2025)


def test_keys_that_open_nothing_are_counted_and_destroyed_only_by_their_number(run, code):
    orphan(3)
    assert "3 keys open nothing; to destroy: flask --app wsgi relais keys clean 3" in run("status").output
    assert run("clean", "2").exit_code == 1
    assert "Case files: 3" in run("status").output
    assert run("clean", "3").exit_code == 0

    assert "Case files: 0" in run("status").output
