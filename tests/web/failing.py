"""The application as it is served, with pages that fail, and that say in their errors all that was sent."""

from __future__ import annotations

import logging
import threading
import warnings

from flask import Response, request

from referral.access.guard import public
from wsgi import app


def all_that_was_sent() -> str:
    """Return what no log may hold."""
    return f"{request.url} {request.headers} {request.form} {request.remote_addr}"


@public
def fail(word: str) -> str:
    """Fail as code does that puts values in the message of an error, and in that of its cause."""
    try:
        {}[all_that_was_sent()]
    except KeyError as error:
        raise RuntimeError(f"{word} {all_that_was_sent()}") from error


@public
def chatter(word: str) -> str:
    """Log what a library might: an address, a parameter, an error."""
    said = f"{word} {all_that_was_sent()}"
    logging.getLogger("some.library").warning("asked for %s", said)
    logging.getLogger("referral.careless").error("bad value %s", said, extra={"path": said})
    app.logger.error(said)
    warnings.warn(said, stacklevel=1)
    ended = threading.Thread(target=lambda: [][said])  # type: ignore[call-overload]
    ended.start()
    ended.join()
    try:
        int(said)
    except ValueError:
        logging.getLogger("some.library").exception(said)
    return "said"


def fail_late(response: Response) -> Response:
    """Fail once the answer is made, and again on the page that says so."""
    if request.path.startswith("/late/"):
        raise RuntimeError(all_that_was_sent())
    return response


app.add_url_rule("/fail/<word>", "fail", fail, methods=["GET", "POST"])
app.add_url_rule("/chatter/<word>", "chatter", chatter)
app.after_request(fail_late)
