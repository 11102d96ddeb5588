"""Where the project's own files are."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
DATA = ROOT / "data"
MIGRATIONS = ROOT / "migrations"
TEMPLATES = ROOT / "templates"
