"""Pages about the site itself: what is listed, what is kept, how to stay safe. They need no database."""

from __future__ import annotations

import numpy as np
from flask import render_template
from flask.typing import ResponseReturnValue

from referral.access.guard import public
from referral.catalogue.trust import LADDER
from referral.directory.views import blueprint, edition_day
from referral.edition.reader import current_edition


@blueprint.get("/about")
@public
def about() -> ResponseReturnValue:
    """Say where the information comes from, what the words of trust mean, and how much of each there is."""
    edition = current_edition()
    counts = np.bincount(edition.index.arrays["trust"], minlength=len(LADDER))
    return render_template(
        "directory/about.html",
        manifest=edition.manifest,
        by_trust={step.value: int(count) for step, count in zip(LADDER, counts, strict=False)},
        edition_day=edition_day(),
    )


@blueprint.get("/inclusion")
@public
def inclusion() -> ResponseReturnValue:
    """Say who is listed, by which criteria, and how a listing is corrected or removed."""
    return render_template("directory/inclusion.html")


@blueprint.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    """Say what is kept of visitors, which is nothing, and of what they send."""
    return render_template("directory/privacy.html")


@blueprint.get("/accessibility")
@public
def accessibility() -> ResponseReturnValue:
    """Say what was aimed at, what was tested and how, and what is known not to work."""
    return render_template("directory/accessibility.html")


@blueprint.get("/safety")
@public
def safety() -> ResponseReturnValue:
    """Say how to use this site without leaving traces, and what it cannot do; needs no edition."""
    return render_template("directory/safety.html")


@blueprint.get("/exit-help")
@public
def exit_help() -> ResponseReturnValue:
    """Explain the quick exit once, before it is needed, with a button to try."""
    return render_template("directory/exit_help.html")
