"""Sends whatever logs in this process through one handler, which writes only what ``log_records`` lets."""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Iterable
from http import HTTPStatus
from types import TracebackType
from typing import Any

import structlog
from flask import Flask, Response, g, got_request_exception, request

from referral.web.log_records import TRUSTED, describe_error, keep_known, reduce_foreign

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SILENT = ("granian.access",)
"""Nobody needs to know who looked at what: not even where an operator asks the server for it."""

log = structlog.get_logger(__name__)
MARKS: tuple[Any, ...] = (
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    describe_error,
)


class OneLineHandler(logging.StreamHandler[Any]):
    """Writes each record as a line of JSON to the error output of the moment."""

    def __init__(self) -> None:
        super().__init__(sys.stderr)
        self.setFormatter(
            structlog.stdlib.ProcessorFormatter(
                foreign_pre_chain=MARKS,
                processors=[reduce_foreign, keep_known, structlog.processors.JSONRenderer()],
            )
        )

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        self.stream = sys.stderr
        super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # named by logging
        """Say nothing: the usual way prints the record itself."""


def configure(level: str) -> None:
    """Let ours be the only handler, also of those who write by themselves."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *MARKS,
            keep_known,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    for handler in [each for each in root.handlers if isinstance(each, OneLineHandler)]:
        root.removeHandler(handler)
    root.addHandler(OneLineHandler())
    root.setLevel(logging.WARNING)
    logging.getLogger("referral").setLevel(level.upper())
    for name in (*TRUSTED, *SILENT):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.disabled = name in SILENT


def tell_of_thread(failed: threading.ExceptHookArgs) -> None:
    """Log what ended a thread, without what it says."""
    log.error("thread_failed", exc_info=failed.exc_value or failed.exc_type())


def begin() -> None:
    """Note when a request began."""
    g.began = time.perf_counter()


def tell_of_request(response: Response) -> Response:
    """Log, where the level asks for it, how a request ended: which kind of page, how long, no more."""
    took = round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1)
    log.info("request", **kind_of_request(), status=response.status_code, milliseconds=took)
    return response


def tell_of_error(_app: Flask, exception: BaseException, **_more: object) -> None:
    """Log an unforeseen error: which kind of page, never which address."""
    log.error("request_failed", **kind_of_request(), exc_info=exception)


def kind_of_request() -> dict[str, str | None]:
    """Return the name of the page in our code, none for an address that leads nowhere, and the method."""
    return {"endpoint": request.endpoint, "method": request.method if request.method in METHODS else "other"}


class LastResort:
    """Answers where even the application failed, so that no server prints an error with what it says."""

    def __init__(self, app: Any, page: str) -> None:
        self._app = app
        self._page = page.encode()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a request."""
        try:
            return self._app(environ, start_response)  # type: ignore[no-any-return]
        except Exception as error:  # whatever it is, its message must not be printed
            log.error("server_failed", exc_info=error)  # noqa: TRY400
            status = HTTPStatus.INTERNAL_SERVER_ERROR
            headers = [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store")]
            start_response(f"{status.value} {status.phrase}", headers)
            return [self._page]


class Application(Flask):
    """A Flask that does not write the address of a page that failed into its log."""

    def log_exception(
        self, exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None]
    ) -> None:
        """Leave it to ``tell_of_error``."""


def init_app(app: Flask) -> None:
    """Log what the application does; where it is not tested, also what warns and what ends a thread."""
    configure(app.config["LOG_LEVEL"])
    if not app.testing:
        logging.captureWarnings(capture=True)
        threading.excepthook = tell_of_thread
    app.before_request(begin)
    app.after_request(tell_of_request)
    got_request_exception.connect(tell_of_error, app)


def answer_at_last(app: Flask, page: str) -> None:
    """Stand between the application and the server; a test sees errors as they are."""
    if not app.testing:
        app.wsgi_app = LastResort(app.wsgi_app, page)  # type: ignore[method-assign]
