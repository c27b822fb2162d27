"""Compressed files and archives read as what is in them does; what unpacks without end, or is not clear, is refused."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from unittest.mock import Mock

import pytest

from engine.data import DataError, Reading, inspect_file, load, peek, suggest
from engine.data.files import packed as packed_module
from engine.data.files.packed_members import members_of
from engine.data.files.text import read_text
from engine.data.tables.opening import open_table
from tests.engine.data.making import Write, table
from tests.engine.data.test_excel import workbook

TABLE = table().encode()
ROWS = 40


def zipped(files: Mapping[str, bytes]) -> bytes:
    """An archive of ZIP."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def taped(files: Mapping[str, bytes]) -> bytes:
    """An archive of tar."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


PACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "two streams of gzip": lambda content: gzip.compress(content[:99]) + gzip.compress(content[99:]),
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "two streams of xz": lambda content: lzma.compress(content[:99]) + bytes(4) + lzma.compress(content[99:]),
    "ZIP": lambda content: zipped({"a.csv": content}),
    "ZIP with what systems leave": lambda content: zipped({"__MACOSX/._a.csv": b"\x00", "a.csv": content, ".x": b""}),
    "tar": lambda content: taped({"d/a.csv": content}),
    "tar in gzip": lambda content: gzip.compress(taped({"a.csv": content})),
    "gzip in ZIP": lambda content: zipped({"a.csv.gz": gzip.compress(content)}),
}


@pytest.mark.parametrize(
    ("kind", "name"),
    [*((kind, "a.zip") for kind in PACK), *(("gzip", name) for name in ("a.csv", "a.csv.gz", "a", "a.txt"))],
)
def test_a_table_reads_the_same_packed_or_not(write: Write, kind: str, name: str) -> None:
    plain, path = inspect_file(write("plain.csv", TABLE)), write(name, PACK[kind](TABLE))
    found = inspect_file(path)
    assert (found.rows, found.columns, found.frequency) == (plain.rows, plain.columns, plain.frequency)
    assert found.notes[0].startswith("unpacked: ")
    suggestion = suggest(path)
    assert suggestion.experiment.data.file == str(path)
    assert load(suggestion.experiment).count("train") > 0


@pytest.fixture
def copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in which copies lie."""
    folder = tmp_path / "copies"
    folder.mkdir()
    monkeypatch.setattr("engine.data.files.temporary._own_folder", lambda _: folder)
    return folder


def test_only_what_was_unpacked_last_is_kept(write: Write, copies: Path) -> None:
    with open_table(write("a.csv.gz", gzip.compress(TABLE))):
        assert list(copies.rglob("a.csv"))
    with pytest.raises(DataError):
        inspect_file(write("b.csv.gz", gzip.compress(b"\x93NUMPY" + bytes(50))))
    read_text(write("c.txt.gz", gzip.compress(b"some words")))
    assert [file.name for file in copies.rglob("*") if file.is_file()] == ["c.txt"]


def test_an_archive_is_unpacked_once_while_it_stays_the_same(
    write: Write, copies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unpacked = Mock(side_effect=members_of)
    monkeypatch.setattr(packed_module, "members_of", unpacked)
    path = write("a.dat.gz", gzip.compress(TABLE))
    rows = [inspect_file(path).rows, inspect_file(path).rows]
    assert (len(set(rows)), unpacked.call_count) == (1, 1)
    write("a.dat.gz", gzip.compress(TABLE + b"2030-01-01,1\n"))
    assert (inspect_file(path).rows, unpacked.call_count) == (rows[0] + 1, 2)


def test_what_is_open_stays_when_another_archive_is_opened(write: Write, copies: Path) -> None:
    with open_table(write("a.csv.gz", gzip.compress(TABLE))) as table:
        inspect_file(write("b.csv.gz", gzip.compress(TABLE)))
        assert list(copies.rglob("a.csv"))
        assert len(table.head(5)) == 5
    assert [file.name for file in copies.rglob("*") if file.is_file()] == ["b.csv"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt.gz", gzip.compress),
        ("a.zip", lambda text: zipped({"README.md": b"x", "b.txt": text})),
        ("a", bz2.compress),
    ],
)
def test_a_text_reads_the_same_packed_or_not(write: Write, name: str, content: Callable[[bytes], bytes]) -> None:
    text = "It was the best of times.\nIt was the worst of times.\n" * 40
    path = write(name, content(text.encode()))
    assert peek(path).kind == "text"
    data = suggest(path).experiment.data
    assert data.kind == "text"
    assert read_text(path, member=data.sheet).text == text


BESIDE = {
    "a readme": {"README.txt": b"some words", "d/a.csv": TABLE},
    "metadata": {"Metadata_Country_API.csv": b"a,b\n1,2\n", "API_NY.csv": TABLE},
    "names of UCI": {"Index": b"x", "a.data": TABLE, "a.names": b"1. Title"},
    "a text": {"a.csv": TABLE, "terms.txt": b"You may use it."},
}


@pytest.mark.parametrize("files", BESIDE.values(), ids=BESIDE)
def test_what_tells_of_a_table_is_no_choice(write: Write, files: dict[str, bytes]) -> None:
    found = inspect_file(write("a.zip", zipped(files)))
    assert found.rows == ROWS
    assert "beside it: " in found.notes[0]


def test_of_several_tables_the_largest_is_read_unless_another_is_named(write: Write) -> None:
    path = write("a.zip", zipped({"south.csv": b"t,v\n" + b"1,2\n" * 9, "north.csv": TABLE}))
    found = inspect_file(path)
    assert (found.rows, found.sheet, found.sheets) == (ROWS, "north.csv", ("south.csv", "north.csv"))
    assert "beside it: south.csv; set data.sheet to the name of another" in found.notes[0]
    with pytest.raises(DataError, match=r"has no file 'nort' in it; did you mean 'north\.csv'"):
        inspect_file(path, Reading(sheet="nort"))
    found = inspect_file(path, Reading(sheet="south.csv"))
    assert (found.rows, found.sheet) == (9, "south.csv")


def test_a_sheet_is_chosen_of_a_workbook_in_an_archive(write: Write) -> None:
    rows: list[list[object]] = [["year", "level"], *([1960 + n, f"{n}.5"] for n in range(20))]
    path = write("a.zip", zipped({"b.xlsx": workbook(one=[["note"]], two=rows, three=rows[:9])}))
    assert (inspect_file(path).rows, inspect_file(path, Reading(sheet="three")).rows) == (20, 8)


@pytest.mark.parametrize("pack", [zipped, lambda files: gzip.compress(taped(files))], ids=["ZIP", "tar"])
def test_an_archive_of_labelled_files_is_read_as_their_folder_is(
    write: Write, pack: Callable[[Mapping[str, bytes]], bytes]
) -> None:
    walks = {f"har/{label}/{k}.csv": b"x,y\n" + b"1,2\n3,4\n" * 9 for label in ("run", "walk") for k in range(3)}
    path = write("a.zip", pack(walks))
    found = peek(path, 1)
    assert (found.rows, found.head[0][:3], found.sheets) == (108, ("run/0", "run", "1"), ())
    assert suggest(path).experiment.data.kind == "sequences"


REFUSED = {
    "cut off": (gzip.compress(TABLE)[:-20], "begins like gzip but cannot be unpacked"),
    "cut off, bzip2": (bz2.compress(TABLE)[:-20], "begins like bzip2 but cannot be unpacked"),
    "cut off, xz": (lzma.compress(TABLE)[:-20], "begins like xz but cannot be unpacked"),
    "cut off, ZIP": (zipped({"a.csv": TABLE})[:-20], "begins like ZIP but cannot be unpacked"),
    "damaged": (gzip.compress(TABLE)[:50] + b"x" + gzip.compress(TABLE)[51:], "like gzip but cannot be unpacked"),
    "empty": (zipped({}), "has no file in it"),
    "nothing in it": (gzip.compress(b""), "is empty"),
    "a document": (zipped({"[Content_Types].xml": b"x", "word/document.xml": b"x"}), "a document of an office program"),
    "an archive of archives": (zipped({"a": gzip.compress(bz2.compress(gzip.compress(TABLE)))}), "of archives"),
    "a picture": (gzip.compress(b"\x89PNG" + bytes(50)), "a picture"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "words"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_unpacked_is_refused_in_a_sentence(write: Write, content: bytes, words: str) -> None:
    with pytest.raises(DataError, match=words) as caught:
        inspect_file(write("a.csv", content))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", [kind for kind in PACK if kind != "tar"])
def test_what_unpacks_to_far_more_than_it_takes_is_refused(
    write: Write, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(packed_module, "_LEAST", 1 << 20)
    path = write("a.csv.gz", PACK[kind](b"0,0\n" * (1 << 21)))
    with pytest.raises(DataError, match="unpacks to far more than it takes itself"):
        inspect_file(path)


def test_a_file_of_xz_gets_no_more_memory_than_is_meet(write: Write) -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 1 << 29}]
    greedy = lzma.LZMACompressor(filters=filters)
    with pytest.raises(DataError, match="Memory usage limit exceeded"):
        inspect_file(write("a.csv.xz", greedy.compress(TABLE) + greedy.flush()))


@pytest.mark.parametrize("pack", [zipped, taped])
@pytest.mark.parametrize("way", ["", "../", "../../../", "/", "walk/../../../"])
def test_no_name_in_an_archive_leads_out_of_its_folder(
    write: Write,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    pack: Callable[[Mapping[str, bytes]], bytes],
    way: str,
) -> None:
    copies = tmp_path / "some" / "where" / "copies"
    copies.mkdir(parents=True)
    monkeypatch.setattr("engine.data.files.temporary._own_folder", lambda _: copies)
    runs = {f"{way}run/{k}.csv": b"x,y\n" + b"1,2\n" * 9 for k in range(2)}
    walks = {f"walk/{k}.csv": b"x,y\n" + b"1,2\n" * 9 for k in range(2)}
    found = packed_module.unpack(write("a.zip", pack(runs | walks)))
    written = list(tmp_path.rglob("*.csv"))
    assert len(written) == 4
    assert found.folder
    assert all(path.is_relative_to(found.folder) for path in written)
    found.close()


def test_a_file_without_a_name_is_passed_over(write: Write) -> None:
    content = io.BytesIO(zipped({"a.csv": TABLE}))
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr(zipfile.ZipInfo(""), TABLE)
    assert inspect_file(write("a.zip", content.getvalue())).rows == ROWS


def test_a_protected_archive_is_refused(write: Write) -> None:
    content = bytearray(zipped({"a.csv": TABLE}))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(DataError, match="under a password"):
        inspect_file(write("a.zip", bytes(content)))
