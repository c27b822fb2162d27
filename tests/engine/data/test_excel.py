from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest

from engine.data import DataError, Reading, load, peek, suggest
from tests.engine.data.making import Write, values

_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_LINKS = '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
_LINK = '<Relationship Id="rId{}" Type="' + _RELATION + '/{}" Target="{}"/>'
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def _cell(value: object) -> str:
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t>{value}</t></is></c>' if value else "<c/>"
    return f"<c><v>{value}</v></c>"


def workbook(**sheets: list[list[object]]) -> bytes:
    """The smallest .xlsx that holds these sheets."""
    names = "".join(f'<sheet name="{name}" sheetId="{k}" r:id="rId{k}"/>' for k, name in enumerate(sheets, start=1))
    links = "".join(_LINK.format(k, "worksheet", f"worksheets/sheet{k}.xml") for k in range(1, len(sheets) + 1))
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _LINKS.format(_LINK.format(1, "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{_RELATION}"><sheets>{names}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _LINKS.format(links),
    }
    for k, rows in enumerate(sheets.values(), start=1):
        body = "".join(f"<row>{''.join(_cell(cell) for cell in row)}</row>" for row in rows)
        parts[f"xl/worksheets/sheet{k}.xml"] = (
            f'<?xml version="1.0"?><worksheet {_MAIN}><sheetData>{body}</sheetData></worksheet>'
        )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_a_sheet_reads_like_a_table(write: Write) -> None:
    cells: list[list[object]] = [[1960 + n, value + 0.25] for n, value in enumerate(values(40))]
    rows: list[list[object]] = [["year", "level"], *cells]
    path = write("a.xlsx", workbook(empty=[], figures=rows))
    found = peek(path, 2)
    assert [(c.name, c.type, c.role) for c in found.columns] == [
        ("year", "date", "time"),
        ("level", "number", "target"),
    ]
    assert (found.rows, found.frequency) == (40, "yearly")
    assert any("sheet 'figures' of 2" in note for note in found.notes)
    data = load(suggest(path).experiment)
    np.testing.assert_allclose(data.truth("test"), [value + 0.25 for value in values(40)][-data.count("test") :])


def test_a_workbook_without_anything_is_refused(write: Write) -> None:
    with pytest.raises(DataError, match="no filled sheet"):
        peek(write("a.xlsx", workbook(one=[], two=[])))


def _two_sheets() -> bytes:
    north: list[list[object]] = [[n + 0.5] for n in range(40)]
    south: list[list[object]] = [[n] for n in range(30)]
    return workbook(north=[["level"], *north], south=[["depth"], *south])


@pytest.mark.parametrize(
    ("sheet", "column", "rows"), [("", "level", 40), ("north", "level", 40), ("south", "depth", 30)]
)
def test_the_sheet_that_is_named_is_read(write: Write, sheet: str, column: str, rows: int) -> None:
    found = peek(write("a.xlsx", _two_sheets()), 1, Reading(sheet=sheet))
    assert (found.columns[0].name, found.rows) == (column, rows)
    assert (found.sheet, found.sheets) == (sheet or "north", ("north", "south"))


@pytest.mark.parametrize(
    ("sheet", "words"), [("sout", "^a.xlsx has no sheet 'sout'.*south"), ("blank", "^a.xlsx: nothing stands in")]
)
def test_a_sheet_that_cannot_be_read_is_refused_by_name(write: Write, sheet: str, words: str) -> None:
    path = write("a.xlsx", workbook(blank=[], south=[["depth"], [1], [2]]))
    with pytest.raises(DataError, match=words):
        peek(path, 1, Reading(sheet=sheet))


def test_cells_of_a_sheet_keep_what_parts_cells_elsewhere(write: Write) -> None:
    cells: list[list[object]] = [[f"{n};{n + 1}"] for n in range(30)]
    assert peek(write("a.xlsx", workbook(one=[["a;b"], *cells])), 1).head == (("0;1",),)


def test_what_is_shown_goes_before_what_is_hidden_and_empty_rows_are_none(write: Write) -> None:
    rows: list[list[object]] = [[44_000 + n, n % 7] for n in range(20)]
    book = workbook(Lists=[["day", "v"], *rows, *rows], Data=[["day", "v"], *rows[:9], [""], *rows[9:]])
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b'name="Lists"', b'name="Lists" state="hidden"')
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    found = peek(write("a.xlsx", buffer.getvalue()), 30)
    assert (found.sheet, found.rows, found.frequency) == ("Data", 20, "daily")
    assert peek(write("a.xlsx", buffer.getvalue()), 30, Reading(sheet="Lists")).rows == 40


@pytest.mark.parametrize("name", ["a.xls", "a.xlsb", "a.ods", "a.csv", "a.dat"])
def test_a_workbook_is_known_whatever_it_is_called(write: Write, name: str) -> None:
    cells: list[list[object]] = [[1960 + n, n % 7 + 0.25] for n in range(40)]
    rows: list[list[object]] = [["year", "level"], *cells]
    found = peek(write(name, workbook(figures=rows)))
    assert (found.rows, found.sheet, [column.role for column in found.columns]) == (40, "figures", ["time", "target"])


@pytest.mark.parametrize("name", ["a.xls", "a.xlsx", "a.ods"])
def test_a_damaged_workbook_is_refused_in_one_sentence(write: Write, name: str) -> None:
    with pytest.raises(DataError, match=r"cannot be read as a workbook .* save it again as \.xlsx"):
        peek(write(name, workbook(figures=[["a"]])[:300]))
