from __future__ import annotations

import pytest

from engine.data.errors import DataError
from engine.data.files.encoding import decode
from engine.data.files.text import read_text
from engine.data.tables.opening import open_table
from tests.engine.data.making import Write

WORDS = "année,température\n2001,23\n2002,25\n2003,24\n2004,22\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp1252"]
)
def test_a_table_reads_the_same_in_every_encoding(write: Write, encoding: str) -> None:
    with open_table(write("a.csv", WORDS.encode(encoding))) as table:
        assert table.names == ("année", "température")
        assert table.head(9) == [("2001", "23"), ("2002", "25"), ("2003", "24"), ("2004", "22")]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_line_ends_do_not_matter(write: Write, newline: str, encoding: str) -> None:
    content = WORDS.replace("\n", newline).encode(encoding)
    with open_table(write("a.csv", content)) as table:
        assert table.rows == 4


@pytest.mark.parametrize(
    ("encoding", "place"), [("iso2022_jp", "東京"), ("iso2022_jp_ext", "大阪"), ("iso2022_kr", "서울")]
)
def test_pairs_of_seven_bits_are_letters(write: Write, encoding: str, place: str) -> None:
    text = f"{place},value\n" + "".join(f"{place},{n}\n" for n in range(40))
    with open_table(write("a.csv", text.encode(encoding))) as table:
        assert (table.names, table.rows, table.first(table.names)[0]) == ((place, "value"), 40, (place, "0"))
    assert read_text(write("a.txt", text.encode(encoding))).text == text


def test_the_end_of_half_a_letter_is_named(write: Write) -> None:
    with pytest.raises(DataError, match="its last byte does not fit it"):
        open_table(write("a.csv", "a,b\n1,2\n3,4\n5,6\n".encode("utf-16-le")[:-1]))


def test_mixed_line_ends_lose_no_row(write: Write) -> None:
    with open_table(write("a.csv", b"a,b\r\n1,2\n3,4\r\n5,6\n7,8\r\n")) as table:
        assert table.rows == 4


def test_a_page_of_greek_keeps_its_letters() -> None:
    page = "Η ταχύτητα του ανέμου και η θερμοκρασία του αέρα στην Αθήνα. " * 20
    assert decode(page.encode("cp1253"), "a.txt").text == page


def test_text_gets_one_kind_of_line_end_and_loses_the_old_end_mark(write: Write) -> None:
    found = read_text(write("a.txt", b"one\r\ntwo\r\nthree\rfour\n\x1a"))
    assert found.text == "one\ntwo\nthree\nfour\n"
    assert any("0x1A" in note for note in found.notes)
    assert any("2 line ends CR LF" in note for note in found.notes)
    assert any("1 line end CR made" in note for note in found.notes)
