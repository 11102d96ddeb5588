"""Whether this process is alive, and which edition it shows."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from referral.access.guard import public
from referral.edition.reader import NoEditionError, current_edition
from referral.shared.clock import now
from referral.shared.tick import last_run, tick_is_late

blueprint = Blueprint("edition", __name__)


@blueprint.get("/healthz")
@public
def health() -> ResponseReturnValue:
    """Answer 200 with the edition shown and its age in seconds, or 503 where there is none.

    A scheduled command that is late is said too, and is no reason for 503: a restart would not mend it.
    """
    ran_at = last_run()
    tick = {"tick_at": ran_at.isoformat() if ran_at else None, "tick_late": tick_is_late()}
    try:
        manifest = current_edition().manifest
    except NoEditionError:
        return jsonify(status="no edition", edition=None, **tick), 503
    return jsonify(
        status="ok",
        edition=manifest.number,
        digest=manifest.digest,
        built_at=manifest.built_at.isoformat(),
        age_seconds=int((now() - manifest.built_at).total_seconds()),
        services=manifest.services,
        **tick,
    )
