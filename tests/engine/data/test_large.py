"""Wide, long and odd files open in a moment, or are refused in a sentence."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from engine.data import DataError, load, peek
from engine.data.files import encoding as encoding_module
from engine.data.files.encoding import scan
from engine.data.notation.quoting import literal, quoted
from engine.data.series.series import read_series
from engine.data.series.series_dataset import SeriesDataset
from engine.data.tables import opening
from engine.data.tables.columns import columns_of_words, read_numbers
from engine.data.tables.crosswise import crosswise
from engine.data.tables.opening import connect, open_table
from tests.engine.data.making import Write, experiment, table, values


@pytest.mark.parametrize("piece", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize(
    ("content", "mixed", "longest"),
    [
        (b"abc\nde\n", False, 4),
        (b"abc\r\nde\r\n", False, 4),
        (b"abc\rde\r", True, 4),
        (b"abc\r\nde\nf", True, 4),
        (b"a\n\xc3\xa9\xe2\x82\xac\nb", False, 6),
    ],
)
def test_a_file_is_scanned_alike_in_pieces_of_any_size(
    write: Write, monkeypatch: pytest.MonkeyPatch, content: bytes, mixed: bool, longest: int, piece: int
) -> None:
    monkeypatch.setattr(encoding_module, "_PIECE", piece)
    found = scan(write("a.txt", content))
    assert found.utf8
    assert found.mixed is mixed
    assert abs(found.longest - longest) <= 1


def test_a_broken_letter_at_the_end_is_not_utf8(write: Write) -> None:
    assert not scan(write("a.txt", b"abc\xe9 def")).utf8
    assert not scan(write("a.txt", codecs.BOM_UTF16_LE + "é".encode("utf-16-le"))).utf8


def test_a_line_that_is_no_row_is_refused(write: Write) -> None:
    with pytest.raises(DataError, match=r"byte 7: a line of 6,000,0\d\d bytes"):
        peek(write("a.csv", "a,b\n1,2\n3,'" + "x" * 6_000_000 + "'\n4,5\n"))


def test_a_table_of_two_thousand_columns_opens(write: Write) -> None:
    names = [f"c{k}" for k in range(2000)]
    rows = [",".join(str(row * k % 97) for k in range(2000)) for row in range(30)]
    found = peek(write("a.csv", "\n".join([",".join(names), *rows]) + "\n"), 1)
    assert len(found.columns) == 2000
    assert found.column("target") == "c1999"


class Recorded:
    """A connection that keeps what it is asked."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.inner, self.asked = connection, list[str]()

    def execute(self, query: str) -> duckdb.DuckDBPyConnection:
        self.asked.append(query)
        return self.inner.execute(query)


@pytest.mark.parametrize("blank", ["", "7"], ids=["gaps", "complete"])
def test_numbers_of_any_number_of_columns_are_read_by_as_many_expressions(write: Write, blank: str) -> None:
    def asked(columns: int) -> tuple[int, int]:
        names = [f"c{k}" for k in range(columns)]
        path = write(
            "a.csv", "\n".join([",".join(names), *[",".join(["1.5"] * columns)] * 9, blank + ",3" * (columns - 1)])
        )
        with open_table(path) as table:
            record = Recorded(table.connection)
            object.__setattr__(table, "connection", record)
            assert columns_of_words(table, names) == []
            found = read_numbers(table, names)
            object.__setattr__(table, "connection", record.inner)
        assert found.shape == (10, columns)
        np.testing.assert_array_equal(found[9], [float(blank or "nan"), *[3.0] * (columns - 1)])
        return len(record.asked), sum(query.count("regexp_extract") for query in record.asked)

    assert asked(3) == asked(400)


def test_columns_that_are_written_unlike_are_read_together(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    duckdb.execute(
        "COPY (SELECT i AS whole, i / 4 AS part, 'lot ' || i::VARCHAR AS v, i % 2 = 0 AS even, "
        "CASE WHEN i <> 3 THEN i::VARCHAR END AS n, i::DECIMAL(9, 2) AS exact FROM range(1, 9) t(i)) "
        f"TO {literal(str(path))} (FORMAT parquet)"
    )
    order = ("n", "v", "part", "even", "whole", "exact")
    row = np.arange(1.0, 9)
    with open_table(path) as table:
        assert columns_of_words(table, order) == ["v"]
        found = read_numbers(table, [name for name in order if name != "v"])
        typed = read_numbers(table, ["part", "even", "whole", "exact"])
    np.testing.assert_array_equal(found.T, [np.where(row == 3, np.nan, row), row / 4, row % 2 == 0, row, row])
    np.testing.assert_array_equal(found[:, 1:], typed)


def test_many_columns_with_gaps_are_one_note(write: Write) -> None:
    names = [f"c{k}" for k in range(20)]
    rows = [
        ",".join("" if day % 5 == 4 and k % 2 else "odd" if day == 9 and not k else str(day) for k in range(20))
        for day in range(60)
    ]
    path = write("a.csv", "\n".join([",".join(names), *rows]) + "\n")
    notes = read_series(path, experiment(path, targets=("c0",), inputs=tuple(names[1:])).data).notes
    assert "121 missing values in 11 columns in 121 gaps, filled along a line" in notes, notes


@pytest.mark.sampled(6)
@pytest.mark.parametrize(("columns", "rows"), [(3, 21_000), (1500, 60)], ids=["long", "wide"])
@pytest.mark.parametrize("name", ["a,b", "the 'b'", 'a 5" pipe'])
def test_a_quote_further_down_than_the_sniffer_looks_is_one(write: Write, columns: int, rows: int, name: str) -> None:
    plain = ",".join(str(k) for k in range(columns - 1))
    header = ",".join(["name", *(f"c{k}" for k in range(columns - 1))])
    quoted = '"' + name.replace('"', '""') + '"'
    found = peek(write("a.csv", "\n".join([header, *[f"it's,{plain}"] * rows, *[f"{quoted},{plain}"] * 3]) + "\n"))
    assert (found.rows, found.rejected_rows, found.quote) == (rows + 3, 0, '"')


@pytest.mark.parametrize(("delimiter", "quote"), [(";", '"'), ("\t", '"'), (",", "'")])
def test_the_dialect_of_a_wide_table_is_told_by_its_beginning(write: Write, delimiter: str, quote: str) -> None:
    names = [f"c{k}" for k in range(1500)]
    row = delimiter.join(f"{quote}{k}{delimiter}x{quote}" if k == 3 else str(k / 2) for k in range(1500))
    found = peek(write("a.csv", "\n".join([delimiter.join(names), *[row] * 70]) + "\n"), 1)
    assert (found.delimiter, found.quote, found.rows, len(found.columns)) == (delimiter, quote, 70, 1500)
    assert found.head[0][3] == f"3{delimiter}x"


def test_a_file_too_large_to_keep_is_read_the_same(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "".join(f"{n},{n / 8}\n" for n in range(3000))
    path = write("a.csv", f"n,value\n{rows}1,2,3\n5\n")
    with open_table(path) as kept:
        wanted, rejected = read_numbers(kept, ["value"]), kept.rejected
    monkeypatch.setattr(opening, "_IN_MEMORY", 0)
    with open_table(path) as again:
        assert again.rows == kept.rows == 3000
        assert again.rejected == rejected
        assert len(rejected) == 2
        np.testing.assert_array_equal(read_numbers(again, ["value"]), wanted)


def test_nothing_is_written_to_the_screen(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    load(experiment(write("a.csv", table(value=values())), time_column="date"))
    assert capfd.readouterr() == ("", "")


ODD = {
    "a title before the table": ("My table\n\ntime,v\n" + "".join(f"2020-01-{d:02d},{d}\n" for d in range(1, 29)), 28),
    "remarks before the table": (
        "# one\n# two\ntime,v\n" + "".join(f"2020-01-{d:02d},{d}\n" for d in range(1, 29)),
        28,
    ),
    "spaces between": ("a b\n" + "".join(f"{n} {n * 2}\n" for n in range(50)), 50),
    "a quote that never closes": ('a,b\n1,"x\n' + "2,y\n" * 100, 101),
    "empty lines": ("d,v\n\n" + "".join(f"{n},{n * 3}\n\n" for n in range(28)), 28),
    "a name left out": (",v\n" + "".join(f"{n},{n * 3}\n" for n in range(28)), 28),
    "a comma at each end": ("a,b,\n" + "".join(f"{n},{n * 3},\n" for n in range(28)), 28),
    "a word late in a column": ("a,b\n" + "".join(f"{n},{n}\n" for n in range(30_000)) + "x,y\n", 30_001),
}


@pytest.mark.parametrize(("content", "rows"), ODD.values(), ids=ODD)
def test_odd_tables_keep_every_row(write: Write, content: str, rows: int) -> None:
    found = peek(write("a.csv", content))
    assert (found.rows, found.rejected) == (rows, ())
    assert found.column("target")


def test_rows_read_and_rows_refused_make_up_the_file(write: Write) -> None:
    lines = [",".join(["1"] * (n % 5 + 1)) for n in range(200)]
    found = peek(write("a.csv", "a,b,c\n" + "\n".join(lines) + "\n"))
    assert found.rows + len(found.rejected) == 200
    assert [bad.line for bad in found.rejected][:3] == [2, 3, 5]


def test_a_table_without_gaps_is_held_once(write: Write) -> None:
    rows = "".join(f"{n},{n % 7}.5\n" for n in range(100))
    data = load(experiment(write("a.csv", f"n,value\n{rows}"), targets=("n", "value")))
    assert isinstance(data, SeriesDataset)
    assert np.shares_memory(data.filled.past, data.series.values)


@pytest.mark.parametrize("transform", ["none", "difference", "log_difference"])
@pytest.mark.parametrize("inputs", [(), ("n",)])
def test_scalers_are_fitted_on_what_training_reads_and_answers(
    write: Write, transform: str, inputs: tuple[str, ...]
) -> None:
    rows = "".join(f"{n},{n % 7 + 1}.5\n" for n in range(100))
    chosen = experiment(write("a.csv", f"n,value\n{rows}"), targets=("value",), inputs=inputs, transform=transform)
    data = load(chosen)
    assert isinstance(data, SeriesDataset)
    seen = np.concatenate([batch.inputs[-1] for batch in data.batches("train", 1000)])
    wanted = np.concatenate([batch.targets.reshape(-1, 1) for batch in data.batches("train", 1000)])
    assert abs(seen[:, 0].mean()) < 0.2
    assert abs(wanted.mean()) < 0.2
    for scaler, numbers in zip(
        (data.preparation.input_scaler, data.preparation.output_scaler), data.training_rows(), strict=True
    ):
        np.testing.assert_allclose(scaler.offset, numbers.mean(axis=0))
        np.testing.assert_allclose(scaler.scale, numbers.std(axis=0))


def test_training_rows_are_no_copy_where_they_are_read_as_they_are(write: Write) -> None:
    data = load(experiment(write("a.csv", "n,value\n" + "".join(f"{n},{n % 7}.5\n" for n in range(100)))))
    assert isinstance(data, SeriesDataset)
    assert np.shares_memory(data.training_rows()[0], data.series.values)


def test_a_line_as_long_as_may_be_is_read(write: Write) -> None:
    found = peek(write("a.csv", "a,b\n" + "1,2\n" * 50 + "3," + "x" * 4_100_000 + "\n" + "1,2\n" * 50))
    assert (found.rows, found.rejected_rows) == (101, 0)


def test_a_wide_table_is_counted_at_its_beginning_and_says_so(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.data.tables.columns._CELLS_LOOKED_AT", 2_000)
    row = ",".join("1" for _ in range(200))
    header = ",".join(f"c{k}" for k in range(200))
    path = write("a.csv", "\n".join([header, *[row] * 20, *["1" + "," * 199] * 20]) + "\n")
    found = peek(path, 0)
    assert (found.rows, found.complete, found.columns[1].missing) == (40, False, 0)
    monkeypatch.setattr("engine.data.tables.columns._CELLS_LOOKED_AT", 8_000)
    found = peek(path, 0)
    assert (found.rows, found.complete, found.columns[1].missing) == (40, True, 20)


class _Recorded:
    """A connection that says what it was asked."""

    def __init__(self, own: duckdb.DuckDBPyConnection, asked: list[str]) -> None:
        self._own, self.asked = own, asked

    def execute(self, query: str) -> duckdb.DuckDBPyConnection:
        self.asked.append(query)
        return self._own.execute(query)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._own, name)


@pytest.mark.parametrize("cells", [("red", "blue"), ("1.5", "red", "")], ids=["words", "mixed"])
def test_more_columns_of_words_are_no_more_questions(
    write: Write, monkeypatch: pytest.MonkeyPatch, cells: tuple[str, ...]
) -> None:
    def questions(columns: int) -> list[str]:
        asked: list[str] = []
        monkeypatch.setattr(opening, "connect", lambda: _Recorded(connect(), asked))
        rows = [",".join(cells[(row + k) % len(cells)] for k in range(columns)) for row in range(600)]
        header = ",".join(f"c{k}" for k in range(columns))
        assert peek(write("a.csv", "\n".join([header, *rows]) + "\n"), 0).rows == 600
        return asked

    few, many = questions(200), questions(1_100)
    assert len(many) == len(few) + 2  # for one thread to make the table, and as many as before from then on
    assert not [query for query in many if "(SELECT * FROM cells LIMIT" in query]


@pytest.mark.parametrize(("columns", "kind"), [(200, "VIEW"), (1_100, "TABLE")])
def test_a_table_of_many_columns_is_kept_where_one_of_few_is_read_anew(
    write: Write, monkeypatch: pytest.MonkeyPatch, columns: int, kind: str
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(opening, "connect", lambda: _Recorded(connect(), asked))
    monkeypatch.setattr(opening, "_IN_MEMORY", 1)
    header = ",".join(f"c{k}" for k in range(columns))
    with open_table(write("a.csv", "\n".join([header, *[",".join(["1.5"] * columns)] * 20]) + "\n")) as table:
        assert table.rows == 20
    (made,) = [query for query in asked if query.startswith("CREATE")]
    assert made.split(" cells")[0].endswith(kind)


def test_a_few_columns_tell_that_words_do_not_run_across() -> None:
    asked: list[int] = []

    def rows(names: Sequence[str]) -> list[tuple[str, ...]]:
        asked.append(len(names))
        return [("red",) * len(names)] * 4

    assert crosswise(["name", *(f"V{k}" for k in range(10_000))], rows) is None
    assert max(asked) < 20


@pytest.mark.parametrize("name", ["it's", 'a"b', "plain", "x'y\"z"])
def test_a_column_of_many_is_asked_by_any_name(write: Write, name: str) -> None:
    names = [name.replace('"', '""'), *(f"c{k}" for k in range(100))]
    header = ",".join(f'"{each}"' for each in names)
    with open_table(write("a.csv", "\n".join([header, *[",".join(["1.5"] * 101)] * 600]) + "\n")) as table:
        found = table.one(f"count({quoted(name)}), count(*), 'c1'", where="\"c2\" <> 'it''s \"c3'", rows=500)
    assert found == (500, 500, "c1")
