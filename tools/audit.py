"""Look for known weaknesses in the locked packages, where somebody can be asked.

Without an answer nothing is known, which is no reason to fail: the check says so and passes.
"""

from __future__ import annotations

import json
import subprocess
import sys

PATIENCE_SECONDS = 60
COMMAND = ("-m", "pip_audit", "-r", "requirements/run.txt", "--require-hashes", "--disable-pip")
QUIETLY = ("--format", "json", "--progress-spinner", "off", "--timeout", "5")


def ask() -> str:
    """Return what pip-audit prints on standard output; nothing when it got no answer."""
    command = [sys.executable, *COMMAND, *QUIETLY]
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout


def verdict(report: str) -> tuple[int, str]:
    """Return the exit code and the line to print for a report of pip-audit."""
    try:
        packages = json.loads(report)["dependencies"]
    except ValueError:
        return 0, "Known weaknesses: nobody could be asked."
    known = [package for package in packages if "vulns" in package]
    if packages and not known:
        return 0, f"Known weaknesses: nobody knew any of the {len(packages)} packages: nothing was learnt."
    weak = [f"{one['name']} {one['version']}: {v['id']}" for one in known for v in one["vulns"]]
    if weak:
        return 1, "Known weaknesses:\n" + "\n".join(weak)
    return (
        0,
        f"Known weaknesses: none in the {len(known)} of {len(packages)} packages that were found.",
    )


def main() -> int:
    """Print the verdict; fail on a known weakness only."""
    code, line = verdict(ask())
    print(line)
    return code


if __name__ == "__main__":
    sys.exit(main())
