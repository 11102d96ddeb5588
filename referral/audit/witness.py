"""The end of a chain, noted in a file outside the database."""

from __future__ import annotations

import json
from pathlib import Path

from referral.audit.verification import Witness


class DamagedWitnessError(ValueError):
    """The file is there and does not say where a chain ended."""


def read_witness(path: Path, chain: str) -> Witness | None:
    """Return where a chain was last found to end; None where nobody looked yet."""
    try:
        noted = json.loads(path.read_text(encoding="utf-8")).get(chain)
        return None if noted is None else Witness(int(noted["number"]), str(noted["mac"]))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DamagedWitnessError(path) from error


def note_witness(path: Path, chain: str, witness: Witness) -> None:
    """Note where a chain ends; the file is replaced whole, and only its owner can read it."""
    noted = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    noted[chain] = {"number": witness.number, "mac": witness.mac}
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.new")
    beside.touch(mode=0o600)
    beside.write_text(json.dumps(noted, indent=1) + "\n", encoding="utf-8")
    beside.replace(path)
