"""What nobody may read is nowhere: not in logs, the audit, addresses, titles, subjects or the database."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from referral.shared.database import DIRECTORY, DirectoryBase, db
from tests.accounts.conftest import PASSWORD, link_in
from tests.accounts.test_entry import set_up
from tests.accounts.test_invitations import FORM

ASTRAY = "mot de passe au mauvais endroit"
CHOSEN, WRONG, RESET = "chandelle ruisseau pivert 61", "faux mot de passe 77", "nouvelle clairière étain 93"
NAME, MAIL = "Ysaline Exemplairement", "ysaline@exemple.example"


class Story:
    """An account from its invitation to its end, and all that was said on the way."""

    def __init__(self, people, browser_of, open_browser, letters):
        self.answers, self.secrets = [], {CHOSEN, WRONG, RESET, PASSWORD, ASTRAY}
        self.letters, self.person = letters, None
        lead = browser_of(people.lead())
        self.place = people.place()
        self.tell(lead.post(f"/places/{self.place}/people/invite", FORM | {"name": NAME, "email": MAIL}))
        self.person = open_browser()
        self.begin(self.link("invitation"))
        self.fail()
        self.forget_password()
        self.tell(lead.get(f"/places/{self.place}/people"))
        self.tell(lead.get(f"/places/{self.place}/log"))
        self.tell(lead.get(f"/places/{self.place}/log.csv"))

    def tell(self, answer):
        """Note an answer."""
        self.answers.append(answer)
        if (token := self.person and self.person.sid()) is not None:
            self.secrets.add(token)
        return answer

    def link(self, kind):
        """Return the path of the link in the last letter, whose token is a secret."""
        path = link_in(self.letters(kind)[-1])
        self.secrets.add(path.rpartition("/")[2])
        return path

    def begin(self, path):
        """Accept the invitation and set up a second step."""
        self.tell(self.person.get(path))
        self.tell(self.person.post(path, {"new_password": CHOSEN}))
        answer, code = set_up(self.person)
        self.secrets |= {code, *re.findall(r'class="key">([^<]+)<', self.tell(answer).text)}
        self.tell(self.person.get("/"))
        self.tell(self.person.get("/security"))

    def fail(self):
        """Try what is wrong, once with the password where the name belongs."""
        self.tell(self.person.post("/confirm", {"password": WRONG}))
        self.tell(self.person.post("/sign-out"))
        self.tell(self.person.type_password("ysaline.exemplairement", WRONG))
        self.tell(self.person.type_password(ASTRAY, "x"))

    def forget_password(self):
        """Take a new password by a link."""
        self.tell(self.person.post("/reset", {"username": "ysaline.exemplairement"}))
        path = self.link("password_reset")
        self.tell(self.person.get(path))
        self.tell(self.person.post(path, {"new_password": RESET}))
        self.tell(self.person.type_password("ysaline.exemplairement", RESET))


@pytest.fixture
def story(people, browser_of, open_browser, letters):
    """Play it."""
    return Story(people, browser_of, open_browser, letters)


def found(secrets, text):
    """Return which of some secrets a text holds."""
    return {each for each in secrets if each in text}


def test_the_story_has_secrets_of_each_kind(story):
    assert len(story.secrets) >= 4 + 2 + 1 + 8 + 3
    assert {each.status_code for each in story.answers} <= {200, 303, 422}


def test_no_secret_is_in_the_log(app, story, capfd):
    written = capfd.readouterr()

    assert not found({*story.secrets, NAME, MAIL, "ysaline"}, written.out + written.err)


def test_no_secret_is_in_the_log_of_an_error(app, people, browser_of, monkeypatch, capfd):
    browser = browser_of(people.lead())
    monkeypatch.setattr("referral.accounts.invitations.enqueue", lambda *_given: 1 / 0)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", 0)
    capfd.readouterr()
    answer = browser.post(f"/places/{people.place()}/people/invite", FORM | {"name": NAME, "email": MAIL})
    written = capfd.readouterr()

    assert answer.status_code == 500
    assert "ZeroDivisionError" in written.err
    assert not found({NAME, MAIL, PASSWORD, browser.sid()}, written.err + answer.text)
    assert str(people.place()) not in written.err


def rows(tables):
    """Return all that some tables hold, as one text."""
    with db.engines[DIRECTORY].connect() as connection:
        return "\n".join(str(row) for table in tables for row in connection.execute(sa.select(table)))


def test_no_secret_is_in_the_database(story, session):
    assert not found(story.secrets, rows(DirectoryBase.metadata.sorted_tables))


def test_the_audit_holds_names_and_no_address_or_content(story, session):
    told = rows([table for table in DirectoryBase.metadata.sorted_tables if table.name.startswith("audit_")])

    assert NAME in told
    assert not found({*story.secrets, MAIL, "ysaline.exemplairement", "noa@"}, told)


def test_no_secret_or_name_is_in_an_address(story):
    addresses = [each.location or "" for each in story.answers]
    for answer in story.answers:
        own = answer.request.path.removeprefix("/en").removeprefix("/fr")
        links = re.findall(r'(?:href|action|src)="([^"]*)"', answer.text)
        addresses += [link for link in links if not link[3:].startswith(own)]

    assert not found({*story.secrets, NAME, MAIL, "ysaline"}, "\n".join(addresses))


def test_no_title_says_anything_of_a_person(story):
    titles = [
        re.search(r"<title>(.*?)</title>", each.text, re.DOTALL)[1]
        for each in story.answers
        if "<title>" in each.text
    ]

    assert len(titles) > 8
    assert not found({*story.secrets, NAME, MAIL, "Exemple", "Maison"}, "\n".join(titles))


def test_no_subject_says_anything_of_a_person(story, letters):
    subjects = re.findall(r"^Subject: (.*)$", "\n".join(letters()), re.MULTILINE)

    assert len(subjects) >= 3
    assert not found({*story.secrets, NAME, "ysaline", "Exemple", "Maison"}, "\n".join(subjects))


def test_no_password_comes_back_in_a_page(story):
    assert not found({CHOSEN, WRONG, RESET, PASSWORD}, "\n".join(each.text for each in story.answers))


def test_pages_with_a_token_in_their_address_send_it_nowhere(story):
    pages = [
        each
        for each in story.answers
        if "/invitation/" in each.request.path or "/reset/" in each.request.path
    ]

    assert len(pages) >= 4
    assert {each.headers["Referrer-Policy"] for each in pages} <= {"no-referrer", "same-origin"}
    assert not [
        each
        for each in pages
        if re.search(r'(?:src|href)="https?://', each.text.partition("<main")[2].partition("</main>")[0])
    ]
