"""Pictures of an operator's file, and what such a file must be."""

from __future__ import annotations

from pathlib import Path

import pytest
from pmtiles.tile import TileType

from referral.geo.tiles import MapTiles, TileFile, TilesError
from tests.geo.pictures import CLOSEST, FARTHEST, make_picture, write_pictures


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pictures(tmp_path_factory.mktemp("tiles") / "map.pmtiles")


@pytest.fixture(scope="module")
def file(path: Path) -> TileFile:
    return TileFile(path)


@pytest.mark.parametrize(("zoom", "column", "row"), [(3, 0, 1), (3, 7, 7), (4, 9, 5), (5, 31, 2)])
def test_a_picture_is_found_where_it_is(file: TileFile, zoom: int, column: int, row: int) -> None:
    assert file.find(zoom, column, row) == make_picture(zoom * 20, column * 7 % 256, row * 7 % 256, 8)


@pytest.mark.parametrize(
    "place", [(3, 0, 0), (FARTHEST - 1, 1, 1), (CLOSEST + 1, 1, 1), (3, 8, 0), (40, 1, 1)]
)
def test_where_there_is_none_nothing_is_found(file: TileFile, place: tuple[int, int, int]) -> None:
    assert file.find(*place) is None


def test_a_file_with_directories_of_directories_is_read_whole(tmp_path: Path) -> None:
    file = TileFile(write_pictures(tmp_path / "large.pmtiles", closest=8))

    assert file.find(8, 255, 255) == make_picture(160, 255 * 7 % 256, 255 * 7 % 256, 8)
    assert file.find(8, 1, 200) == make_picture(160, 7, 1400 % 256, 8)


def test_the_kind_and_the_zooms_are_those_of_the_file(file: TileFile) -> None:
    assert (file.mimetype, file.zooms) == ("image/png", (FARTHEST, CLOSEST))


def test_a_file_that_was_cut_while_it_is_served_has_no_pictures_any_more(tmp_path: Path) -> None:
    path = write_pictures(tmp_path / "cut.pmtiles")
    file = TileFile(path)
    with path.open("r+b") as cut:
        cut.truncate(0)

    assert file.find(3, 1, 1) is None


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "not a PMTiles"), (b"GIF89a" * 40, "not a PMTiles"), (b"PMTiles\x02" + bytes(200), "version 3")],
)
def test_another_kind_of_file_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "other").write_bytes(content)

    with pytest.raises(TilesError, match=reason):
        TileFile(tmp_path / "other")


def test_a_file_of_shapes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TilesError, match="no pictures"):
        TileFile(write_pictures(tmp_path / "shapes.pmtiles", TileType.MVT))


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("/tiles/{z}/{x}/{y}.png", None),
        ("https://tiles.example.org:8443/{z}/{x}/{y}.png", "https://tiles.example.org:8443"),
    ],
)
def test_only_the_host_of_the_pictures_is_named(url: str, host: str | None) -> None:
    assert MapTiles(url, "© Exemple").host == host
