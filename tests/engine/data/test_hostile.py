"""Files as the world writes them: each opens rightly, or is refused in one sentence that says what to do."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from engine.data import DataError, Inspection, inspect_file, peek, suggest
from engine.data.files import encoding as encoding_module
from engine.data.notation.letters import likeliest
from engine.data.tables.columns import read_numbers
from engine.data.tables.opening import open_table
from tests.engine.data.making import Write

WORDS = {
    "Russian": (("cp1251", "koi8-r", "cp866", "iso8859-5"), ("привет", "Москва", "погода сегодня")),
    "Greek": (("cp1253",), ("Αθήνα", "καιρός")),
    "Hebrew": (("cp1255",), ("שלום", "מזג אוויר")),
    "French": (("cp1252",), ("café", "Été à la plage", "garçon")),
    "German": (("cp1252",), ("Zürich", "Straße", "ÄÖÜ")),
    "Danish": (("cp1252",), ("Ærø", "Århus")),
    "Polish": (("cp1250", "iso8859-2"), ("Łódź", "zażółć gęślą jaźń")),
    "Czech": (("cp1250",), ("příliš", "žluťoučký", "kůň")),
    "Turkish": (("cp1254",), ("İstanbul", "şehir", "değer")),
    "Japanese": (("cp932", "euc_jp"), ("東京", "春の天気", "カタカナ")),
    "Chinese": (("gb18030",), ("北京", "天气很好")),
    "Taiwan": (("big5",), ("臺北", "天氣很好")),
    "Korean": (("cp949",), ("서울", "날씨")),
    "signs": (("cp1252",), ("20 °C", "5 µm", "“so” – it’s")),
}


@pytest.mark.parametrize(
    ("language", "encoding"), [(name, encoding) for name, (encodings, _) in WORDS.items() for encoding in encodings]
)
def test_a_few_words_tell_the_encoding(language: str, encoding: str) -> None:
    text = "".join(f"{word},{n}\n" for n, word in enumerate(WORDS[language][1] * 2))
    code = text.encode(encoding)
    assert code.decode(likeliest(code)) == text


NUMBERS = {
    "thousands": ("d,v\n" + "".join(f'2020-01-{n:02d},"{n},{n:03d}.5"\n' for n in range(1, 29)), 1001.5),
    "whole thousands": ("d,v\n" + "".join(f'2020-01-{n:02d},"{n},{n:03d}"\n' for n in range(1, 29)), 1001),
    "blanks between": ("d;v\n" + "".join(f"2020-01-{n:02d};{n} {n:03d},5\n" for n in range(1, 29)), 1001.5),
    "narrow blanks": ("d;v\n" + "".join(f"2020-01-{n:02d};{n}\u202f{n:03d},5\n" for n in range(1, 29)), 1001.5),
    "apostrophes": ("d;v\n" + "".join(f"2020-01-{n:02d};{n}'{n:03d}.5\n" for n in range(1, 29)), 1001.5),
    "quoted commas": ("d,v\n" + "".join(f'2020-01-{n:02d},"{n},5"\n' for n in range(1, 29)), 1.5),
    "per cent": ("d,v\n" + "".join(f"2020-01-{n:02d},{n}.5%\n" for n in range(1, 29)), 1.5),
    "dollars": ("d,v\n" + "".join(f"2020-01-{n:02d},${n}.50\n" for n in range(1, 29)), 1.5),
    "euros": ("d;v\n" + "".join(f"2020-01-{n:02d};{n},50 €\n" for n in range(1, 29)), 1.5),
    "a true minus": ("d,v\n" + "".join(f"2020-01-{n:02d},\u2212{n}\n" for n in range(1, 29)), -1),
    "a dash for a minus": ("d,v\n" + "".join(f"2020-01-{n:02d},–{n}.5\n" for n in range(1, 29)), -1.5),
    "exponents of Fortran": ("d,v\n" + "".join(f"2020-01-{n:02d},{n}.5D+02\n" for n in range(1, 29)), 150),
    "exponents and commas": ("d;v\n" + "".join(f"2020-01-{n:02d};{n},500000E+02\n" for n in range(1, 29)), 150),
    "points between alone": ("d;v\n" + "".join(f"2020-01-{n:02d};{n}.234.567\n" for n in range(1, 29)), 1234567),
    "hard blanks": ("d,v\n" + "".join(f"2020-01-{n:02d},\u00a0{n}\n" for n in range(1, 29)), 1),
    "lakh": ("d,v\n" + "".join(f'2020-01-{n:02d},"12,{n:02d},345.5"\n' for n in range(1, 29)), 1201345.5),
    "owed": ("d,v\n" + "".join(f'2020-01-{n:02d},"($1,{n:03d}.50)"\n' for n in range(1, 29)), -1001.5),
    "owed, as SAP writes": ("d;v\n" + "".join(f"2020-01-{n:02d};1.{n:03d},50-\n" for n in range(1, 29)), -1001.5),
    "a unit": ("d,v\n" + "".join(f"2020-01-{n:02d},-{n}.5 °C\n" for n in range(1, 29)), -1.5),
    "a unit and commas": ("d;v\n" + "".join(f"2020-01-{n:02d};{n},5 m3\n" for n in range(1, 29)), 1.5),
    "a currency before": ("d;v\n" + "".join(f"2020-01-{n:02d};R$ 1.{n:03d},50\n" for n in range(1, 29)), 1001.5),
    "a currency behind": ("d;v\n" + "".join(f"2020-01-{n:02d};1'{n:03d}.50 CHF\n" for n in range(1, 29)), 1001.5),
    "thousands as K": ("d,v\n" + "".join(f"2020-01-{n:02d},{n}.5{'KM'[n % 2]}\n" for n in range(1, 29)), 1.5e6),
    "flags": (
        "d,v\n"
        + "".join(f"2020-01-{n:02d},{n}.5{' p' * (n > 26)}{' be' * (n % 5 == 1)}\n" for n in range(1, 28))
        + "2020-01-28,: c\n",
        1.5,
    ),
    "lined up": ("  d     v\n" + "".join(f"  {1900 + n}   {n:5.1f}\n" for n in range(1, 29)), 1),
}


@pytest.mark.parametrize(("text", "first"), NUMBERS.values(), ids=NUMBERS)
def test_numbers_are_read_as_people_write_them(write: Write, text: str, first: float) -> None:
    path = write("a.csv", text)
    with open_table(path) as table:
        assert read_numbers(table, ["v"])[0, 0] == first
    data = suggest(path).experiment.data
    assert (data.kind, data.time_column, data.targets) == ("series", "d", ("v",))


@pytest.mark.parametrize("cell", ["1.5", "1.23.4", "12.34", "x", "1.2345"])
def test_a_point_that_groups_no_thousands_is_no_number_beside_decimal_commas(write: Write, cell: str) -> None:
    rows = "".join(f"{n};{n},5\n" for n in range(1, 29))
    with open_table(write("a.csv", f"d;v\n{rows}29;{cell}\n")) as table:
        assert str(read_numbers(table, ["v"])[-1, 0]) == "nan"


@pytest.mark.parametrize(
    "cells",
    [
        [f"{n}{'st' if n == 1 else 'th'}" for n in (1, 4, 1, 5, 1, 6)],
        [f"A{n}" for n in range(6)],
        [f"{n}B{n}" for n in range(6)],
        [f"10:{n:02d} am" for n in range(6)],
        ["5 b", "x", "6 p", "seven", "7", "8"],
        ["3 s", "5 d", "2 pcs", "4 s", "6 d", "1 s"],
        ["5 kg", "5 lb", "6 kg", "6 lb", "7 kg", "7 lb"],
        ["(5", "6", "7)", "(8", "9", "5-6"],
    ],
)
def test_what_stands_beside_numbers_is_no_mark_unless_it_is_one_throughout(write: Write, cells: list[str]) -> None:
    with open_table(write("a.csv", "v,w\n" + "".join(f"{cell},{n}\n" for n, cell in enumerate(cells)))) as table:
        assert table.marks == {}
        with pytest.raises(DataError, match="holds text"):
            read_numbers(table, ["v"])


def test_a_mark_is_said_and_what_lacks_it_is_missing_or_a_number_all_the_same(write: Write) -> None:
    cells = [*(f"{n}.5 mm" for n in range(18)), "trace", "3"]
    path = write("a.csv", "day,v\n" + "".join(f"2020-01-{n:02d},{cell}\n" for n, cell in enumerate(cells, 1)))
    with open_table(path) as table:
        assert table.remarks == ["'v': 'mm' beside its numbers is left out"]
        values = read_numbers(table, ["v"])[:, 0]
    assert values[[0, 17, 19]].tolist() == [0.5, 17.5, 3]
    assert str(values[18]) == "nan"
    assert [(column.type, column.unreadable) for column in inspect_file(path).columns] == [("date", 0), ("number", 1)]


@pytest.mark.parametrize(
    ("delimiter", "cells", "first"),
    [
        (";", [f"{n},{n}00" for n in range(1, 10)], 1.1),
        ("\t", [f"{n},{n}00" for n in range(1, 10)], 1.1),
        ("\t", [*(f"{n},{n}00" for n in range(1, 10)), "987"], 1100),
        (";", [*(f"{n},{n}00" for n in range(1, 10)), "1,234,567"], 1100),
        (";", [*(f"{n},{n}00" for n in range(1, 10)), "987", "0,5"], 1.1),
    ],
)
def test_three_digits_behind_every_comma_are_doubtful(
    write: Write, delimiter: str, cells: list[str], first: float
) -> None:
    rows = "".join(f"2020-01-{n:02d}{delimiter}{cell}\n" for n, cell in enumerate(cells, 1))
    with open_table(write("a.csv", f"day{delimiter}v\n{rows}")) as table:
        assert read_numbers(table, ["v"])[0, 0] == first
        doubtful = "0,5" not in cells
        assert ("set data.decimal to" in " ".join(table.remarks)) == doubtful


TABLE = "day,value\n" + "".join(f"2020-01-{n:02d},{n * 3 % 17}.5\n" for n in range(1, 32))
REFUSED: dict[str, tuple[str, bytes, str]] = {
    "RAR": ("a.csv", b"Rar!\x1a\x07\x00" + bytes(30), "RAR archive; unpack"),
    "PDF": ("a.csv", b"%PDF-1.4\n1 0 obj <<>> endobj\n" * 50, "PDF document"),
    "a web page": ("a.csv", b"<!doctype html><table><tr><td>1,2</td></tr></table>\n", "web page"),
    "a hundred thousand columns": ("a.csv", b",".join([b"x"] * 100_000) + b"\n1\n", "may have 20,000 columns"),
    "a list that is cut off": ("a.json", b'[{"t":1,"v":2},{"t":2,"v":3},{"t":3,"v":5},{"t":4', "is cut off"),
    "a quote that is not closed for long": ("a.csv", b'a,b\n1,"' + b"x\n" * 4_500_000, "set data.quotes to none"),
}


@pytest.mark.parametrize(("name", "content", "words"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_table_is_refused_by_name(write: Write, name: str, content: bytes, words: str) -> None:
    with pytest.raises(DataError, match=words) as caught:
        inspect_file(write(name, content))
    assert "\n" not in str(caught.value)


def test_pipes_and_devices_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    for path in (tmp_path / "pipe.csv", Path("/dev/zero"), Path("/dev/null")):
        with pytest.raises(DataError, match="a pipe or a device"):
            inspect_file(path)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems keep names as text")
@pytest.mark.parametrize("name", [b"caf\xe9.csv", b"caf\xe9.txt", b"caf\xe9.parquet", b"caf\xe9"])
def test_a_name_that_is_no_text_is_refused(tmp_path: Path, name: bytes) -> None:
    path = tmp_path / os.fsdecode(name)
    path.write_text(TABLE)
    with pytest.raises(DataError, match=r"caf\ufffd.*another encoding than UTF-8; give the file another name"):
        inspect_file(path)


def _found(write: Write, content: bytes) -> Inspection:
    return peek(write("a.csv", content), 40)


@pytest.mark.parametrize(
    ("content", "note"),
    [
        (TABLE[:300].encode() + b"\x00" + TABLE[300:].encode(), "1 NUL byte left out"),
        (TABLE.encode() + bytes(4096), "4,096 NUL bytes left out"),
        (TABLE.encode() + b"\x1a", ""),
        (TABLE[:109].encode() + "\ufeff".encode() + TABLE[109:].encode(), "byte order mark (U+FEFF) within"),
        (TABLE[:109].encode("utf-16") + TABLE[109:].encode("utf-16"), "byte order mark (U+FEFF) within"),
        (b"# made by hand\n" + TABLE.encode(), ""),
        (TABLE.encode("utf-16-le"), "encoding: utf-16-le"),
        (TABLE.encode("utf-32-be"), "encoding: utf-32-be"),
    ],
    ids=["a NUL", "NULs at the end", "the end mark of DOS", "joined", "joined UTF-16", "a remark", "UTF-16", "UTF-32"],
)
def test_a_table_with_odd_bytes_keeps_all_its_rows(write: Write, content: bytes, note: str) -> None:
    found = _found(write, content)
    assert (found.rows, found.rejected_rows, found.frequency) == (31, 0, "daily")
    assert not note or note in " ".join(found.notes)


def test_a_broken_byte_does_not_change_the_encoding(write: Write) -> None:
    found = _found(write, b"name,v\n" + "ééé,1\n".encode() * 50 + b"\xff,1\n" + "ééé,1\n".encode() * 50)
    assert (found.encoding, found.rows, found.rejected_rows) == ("utf-8", 101, 0)
    assert found.head[0] == ("ééé", "1")
    assert any("not of UTF-8" in note for note in found.notes)


@pytest.mark.parametrize("piece", [1, 2, 3, 5, 1 << 20])
def test_marks_of_byte_order_are_found_in_pieces_of_any_size(
    write: Write, monkeypatch: pytest.MonkeyPatch, piece: int
) -> None:
    monkeypatch.setattr(encoding_module, "_PIECE", piece)
    assert encoding_module.scan(write("a.csv", "a,b\n1\ufeff,2\ufeff\n\ufeff3,4\n")).unprinted == 3


@pytest.mark.parametrize("piece", [64, 1000, 1 << 20])
def test_letters_far_down_the_file_tell_the_encoding(write: Write, monkeypatch: pytest.MonkeyPatch, piece: int) -> None:
    monkeypatch.setattr(encoding_module, "_PIECE", piece)
    rows = "".join(f"{n},{n}\n" for n in range(20_000 if piece > 1000 else 500))
    found = _found(write, ("name,v\n" + rows + "Øresund,1\nmålt på Ærø,2\n" * 4).encode("cp1252"))
    assert found.encoding == "cp1252"


def test_more_refused_rows_than_are_named_are_counted(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.data.tables.opening.NAMED", 100)
    rows = "".join(f"{n},{n % 7}\n" if n % 2 else f"{n}\n" for n in range(1000))
    found = _found(write, ("a,b\n" + rows).encode())
    assert found.rows + found.rejected_rows == 1000
    assert [bad.line for bad in found.rejected][:2] == [2, 4]
    assert len(found.rejected) == 100


@pytest.mark.parametrize(
    ("name", "stamps"),
    [
        ("newest first", [f"199001{day:02d}" for day in range(31, 0, -1)]),
        ("several a day", [f"199001{day:02d}" for day in (*range(1, 31), *range(1, 31))]),
    ],
)
def test_dates_without_marks_may_run_any_way(write: Write, name: str, stamps: list[str]) -> None:
    found = _found(write, ("date,v\n" + "".join(f"{stamp},{n % 5}\n" for n, stamp in enumerate(stamps))).encode())
    assert (found.columns[0].type, found.columns[0].format) == ("date", "%Y%m%d")


JSON = {
    "a key that comes late": ('{"t":1}\n' * 25_000 + '{"t":2,"v":3.5}\n', ["t", "v"]),
    "records in records": ('{"t":1,"place":{"x":1,"y":{"z":2}}}\n' * 5, ["t", "place.x", "place.y.z"]),
    "a list of records": ('[{"t":1,"v":2},{"t":2},{"t":4,"v":1}]', ["t", "v"]),
}


@pytest.mark.parametrize(("text", "names"), JSON.values(), ids=JSON)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_json_keeps_every_key(write: Write, text: str, names: list[str], encoding: str) -> None:
    found = peek(write("a.jsonl", text.encode(encoding)), 1)
    assert [column.name for column in found.columns] == names
    assert {column.type for column in found.columns} == {"number"}


def test_json_lines_are_known_under_any_name(write: Write) -> None:
    lines = "".join(f'{{"t": "2020-01-{n:02d}", "v": {n}.5}}\n' for n in range(1, 31))
    for name in ("a.csv", "a.txt", "a"):
        found = peek(write(name, lines), 1)
        assert ([column.name for column in found.columns], found.rows) == (["t", "v"], 30)


def test_a_record_of_many_megabytes_is_refused(write: Write) -> None:
    with pytest.raises(DataError, match=r"byte 7: a record of 5,000,0\d\d bytes"):
        peek(write("a.jsonl", '{"a":1}\n{"a":"' + "x" * 5_000_000 + '"}\n'))


ROWS = [f"2020-01-{n:02d},{n * 3 % 17}.5,{n}" for n in range(1, 32)]


@pytest.mark.parametrize("mark", ["\x01", "\x1f", "^", "~", "::", "§", "¦", ":"])
def test_cells_may_be_parted_by_what_few_programs_write(write: Write, mark: str) -> None:
    found = _found(write, "\n".join(["day,v,w", *ROWS, ""]).replace(",", mark).encode())
    assert ([column.name for column in found.columns], found.delimiter) == (["day", "v", "w"], mark)
    assert (found.rows, found.rejected_rows, found.frequency) == (31, 0, "daily")


def test_the_colons_of_clocks_part_no_cells(write: Write) -> None:
    assert len(_found(write, "".join(f"{n:02d}:30\n" for n in range(24)).encode()).columns) == 1


def _bars(lines: list[str]) -> list[str]:
    return [f"| {line.replace(',', ' | ')} |" for line in lines]


FRAMED = {
    "Markdown": "\n".join([*_bars(["day,v,w"]), "|---|---:|---|", *_bars(ROWS)]),
    "a database": "\n".join(["+---+---+---+", *_bars(["day,v,w"]), "+---+---+---+", *_bars(ROWS), "+---+---+---+"]),
    "SAP": "\n".join(["List  1", "-----", *_bars(["day,v,w"]), "-----", *_bars(ROWS[:9])])
    + "\n-----\n\nList  2\n-----\n" + "\n".join([*_bars(["day,v,w"]), "-----", *_bars(ROWS[9:]), "-----"]),
}  # fmt: skip


@pytest.mark.parametrize("name", ["a.txt", "a.csv"])
@pytest.mark.parametrize(("kind", "text"), FRAMED.items())
def test_cells_between_bars_are_a_table(write: Write, name: str, kind: str, text: str) -> None:
    found = peek(write(name, text + "\n"), 1)
    assert (found.kind, [column.name for column in found.columns]) == ("series", ["day", "v", "w"])
    assert (found.rows, found.frequency) == (31, "daily")
    outside = [(bad.line, bad.reason) for bad in found.rejected]
    pages = [(1, "outside of the bars"), (16, "outside of the bars"), (18, "the header again")]
    assert outside == (pages if kind == "SAP" else [])


def test_a_line_above_and_remarks_below_lined_up_cells_are_left_out(write: Write) -> None:
    years = "".join(
        f" {y} {' '.join(f'{(y * 12 + m) % 37 / 10:7.2f}' for m in range(12))}\n" for y in range(1950, 1961)
    )
    found = peek(write("index.data", f" 1950 1960\n{years}  -99.99\n  an index\n"), 1)
    assert (found.rows, [bad.line for bad in found.rejected], found.frequency) == (132, [1, 13, 14], "monthly")


@pytest.mark.parametrize("text", ["", "v\n"])
def test_numbers_one_in_a_line_are_a_table_under_the_name_of_a_text(write: Write, text: str) -> None:
    found = peek(write("a.txt", text + "".join(f"{n * 7 % 11}.5\n" for n in range(40))), 1)
    assert (found.kind, found.rows, len(found.columns)) == ("series", 40, 1)
    assert peek(write("b.txt", "7.5\nand\n" * 20), 1).kind == "text"


RECORDS = [{"day": row[:10], "v": float(row.split(",")[1])} for row in ROWS]
COLUMNS = {key: {str(n): record[key] for n, record in enumerate(RECORDS)} for key in ("day", "v")}
BY_CONTENT = {
    "a table named like a workbook": ("a.xls", TABLE),
    "tabs named like a workbook": ("a.xlsx", TABLE.replace(",", "\t")),
    "records named like a table": ("a.csv", json.dumps(RECORDS)),
    "records named like a text": ("a.txt", json.dumps(RECORDS, indent=1)),
    "records of pandas, by columns": ("a.json", json.dumps(COLUMNS)),
    "records of pandas, by rows": ("a.json", json.dumps({str(n): record for n, record in enumerate(RECORDS)})),
    "a map": ("a.geojson", json.dumps({"type": "x", "features": [{"properties": r, "at": [1, 2]} for r in RECORDS]})),
    "an end mark of DOS in the middle": ("a.csv", TABLE.replace("\n2020-01-09", "\n\x1a2020-01-09")),
}  # fmt: skip


@pytest.mark.parametrize(("name", "text"), BY_CONTENT.values(), ids=BY_CONTENT)
def test_a_file_is_what_is_in_it_whatever_its_name(write: Write, name: str, text: str) -> None:
    found = peek(write(name, text), 1)
    assert (found.kind, found.rows, found.rejected_rows, found.frequency) == ("series", 31, 0, "daily")


def test_decimal_commas_are_read_in_texts_of_json(write: Write) -> None:
    path = write("a.jsonl", "".join(json.dumps({"t": n, "v": f"{n},5"}) + "\n" for n in range(40)))
    with open_table(path) as table:
        assert read_numbers(table, ["v"])[:2, 0].tolist() == [0.5, 1.5]


def test_json_of_many_fields_of_a_kind_has_a_column_for_each(write: Write) -> None:
    records = [{f"p{field}": row * field % 97 for field in range(300)} for row in range(30)]
    found = peek(write("a.jsonl", "".join(json.dumps(record) + "\n" for record in records)))
    assert [column.name for column in found.columns] == list(records[0])
