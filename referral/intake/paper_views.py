"""Blank forms to print: the intake on paper, and a protection plan, which is stored nowhere."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from referral.access.policy import Permission
from referral.intake.areas import cases
from referral.intake.asked import acting
from referral.intake.asking_words import TITLES
from referral.intake.intake_page import choices


@cases.get("/paper")
def paper_intake() -> ResponseReturnValue:
    """Show the blank form of the intake, to be printed and filled in by hand."""
    acting(Permission.CASE_CREATE)
    return render_template("cases/paper_intake.html", titles=TITLES, **choices())


@cases.get("/paper/plan")
def paper_plan() -> ResponseReturnValue:
    """Show the blank protection plan, to be printed and given to her; nothing of it comes back here."""
    acting(Permission.CASE_CREATE)
    return render_template("cases/paper_plan.html")
