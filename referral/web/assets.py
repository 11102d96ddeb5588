"""Static files: read once, addressed by what they contain, sent compressed.

The address of a file holds the digest of all of them, so that browsers may keep it for ever and
a style sheet finds its pictures beside it. An address without the digest, as in the pages of an
older edition, is answered too, to be asked again each time.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib
import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, abort, current_app, request

from referral.access.guard import public

OWN = Path(__file__).resolve().parent.parent / "static"
VENDORS = {"leaflet": "xstatic.pkg.leaflet", "markercluster": "xstatic.pkg.leaflet_markercluster"}
SERVED = frozenset({".css", ".js", ".svg", ".png", ".json", ".webmanifest"})
UNREADABLE = ("-src.js", ".esm.js")
EXTENSION = "relais.assets"
FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "public, no-cache"
DIGEST_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, as sent; ``compressed`` is absent where it would gain nothing."""

    content: bytes
    compressed: bytes | None
    type: str


@dataclass(frozen=True, slots=True)
class Assets:
    """All static files by name, and the digest of the whole."""

    digest: str
    files: dict[str, Asset]


def load_assets() -> Assets:
    """Read our own files and those of the map's libraries."""
    files = {}
    total = hashlib.sha256()
    for name, path in sorted(_list_files()):
        content = path.read_bytes()
        total.update(name.encode() + b"\0" + content)
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        compressed = gzip.compress(content, 9, mtime=0) if not name.endswith(".png") else None
        files[name] = Asset(content, compressed, kind)
    return Assets(total.hexdigest()[:DIGEST_LENGTH], files)


def _list_files() -> Iterator[tuple[str, Path]]:
    folders = {"": OWN}
    for name, module in VENDORS.items():
        folders[f"vendor/{name}/"] = Path(importlib.import_module(module).BASE_DIR)
    for prefix, folder in folders.items():
        for path in folder.rglob("*"):
            if path.suffix in SERVED and not path.name.endswith(UNREADABLE):
                yield prefix + path.relative_to(folder).as_posix(), path


def asset(name: str) -> str:
    """Return the lasting address of a static file; raises KeyError for one that is not there."""
    assets: Assets = current_app.extensions[EXTENSION]
    if name not in assets.files:
        raise KeyError(name)
    return f"/static/{assets.digest}/{name}"


@public
def send_asset(name: str) -> Response:
    """Send a static file."""
    assets: Assets = current_app.extensions[EXTENSION]
    digest, _, rest = name.partition("/")
    lasting = digest == assets.digest
    found = assets.files.get(rest if lasting else name) or assets.files.get(rest)
    if found is None:
        abort(404)
    zipped = found.compressed if request.accept_encodings["gzip"] else None
    response = Response(zipped or found.content, mimetype=found.type)
    if zipped:
        response.content_encoding = "gzip"
    response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = FOR_EVER if lasting else ASK_AGAIN
    response.add_etag()
    response.make_conditional(request)
    return response


def init_app(app: Flask) -> None:
    """Serve the static files."""
    app.extensions[EXTENSION] = load_assets()
    app.add_url_rule("/static/<path:name>", "asset", send_asset)
    app.jinja_env.globals["asset"] = asset
