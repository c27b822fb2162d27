"""XML whose elements are records is a table; what else begins so is refused or read as text, and said."""

from __future__ import annotations

import pytest

from engine.data import DataError, peek, suggest
from engine.data.tables.opening import open_table
from engine.data.understanding import understand
from tests.engine.data.making import Write

ROWS = range(60)
TIMES = [f"2023-05-01T08:{at:02d}:00Z" for at in ROWS]
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
GPX = (
    f'{HEAD}<gpx version="1.1" xmlns:x="urn:x"><wpt lat="1" lon="2"/><trk><name>Run</name><trkseg>'
    + "".join(
        f'<trkpt lat="{47 + at / 1000}" lon="8.5"><ele>{400 + at % 7}</ele><time>{TIMES[at]}</time>'
        f"<extensions><x:TPX><x:hr>{120 + at % 5}</x:hr></x:TPX></extensions></trkpt>"
        for at in ROWS
    )
    + "</trkseg></trk></gpx>"
)
TCX = (
    f"{HEAD}<TrainingCenterDatabase><Activities><Activity Sport='Running'><Id>1</Id><Lap StartTime='{TIMES[0]}'><Track>"
    + "".join(
        f"<Trackpoint><Time>{TIMES[at]}</Time><Position><LatitudeDegrees>{47 + at / 1000}</LatitudeDegrees>"
        f"<LongitudeDegrees>8</LongitudeDegrees></Position><HeartRateBpm><Value>{120 + at % 5}</Value></HeartRateBpm>"
        "</Trackpoint>"
        for at in ROWS
    )
    + "</Track></Lap></Activity></Activities></TrainingCenterDatabase>"
)
RATES = (
    f"{HEAD}<Envelope><Cube>"
    + "".join(
        f'<Cube time="2023-05-{at}"><Cube currency="USD" rate="1.{at}"/><Cube currency="JPY" rate="130"/></Cube>'
        for at in ROWS
    )
    + "</Cube></Envelope>"
)
HEALTH = (
    f"{HEAD}<!DOCTYPE HealthData [\n<!ELEMENT HealthData (Record)*>\n]>\n<HealthData locale='de'>"
    + "".join(f'<Record type="HeartRate" startDate="{TIMES[at]}" value="{70 + at % 5}"/>\n' for at in ROWS)
    + "</HealthData>"
)
TABLES = {  # name, content, rows, column of the target
    "a GPX track": ("a.gpx", GPX, 60, "extensions.TPX.hr"),
    "a TCX activity": ("a.tcx", TCX, 60, "HeartRateBpm.Value"),
    "rates within dates": ("a.xml", RATES, 120, "rate"),
    "records below a description of what they are": ("a.xml", HEALTH, 60, "value"),
    "wide records": (
        "a.xml",
        f"{HEAD}<a>"
        + "".join(f"<r>{''.join(f'<c{k}>{at * k % 7}</c{k}>' for k in range(200))}</r>" for at in ROWS)
        + "</a>",
        60,
        "c199",
    ),
    "a track without a declaration": ("a.gpx", GPX.removeprefix(HEAD), 60, "extensions.TPX.hr"),
    "XML by another name": ("a.dat", HEALTH, 60, "value"),
}
REFUSED = {
    "entities": ('<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;">]><a>&z;</a>', "declares entities"),
    "a file that is cut off": (GPX.removeprefix(HEAD)[:2000], "cannot be read from line"),
    "elements without end": ("<a>" * 100_000, "within 64 others"),
    "nothing": ("<gpx/>", "no element with several values"),
    "a long list": (f"<a>{'<b/>' * 100_000}</a>", "no element with several values"),
    "values of all names": ("<a>" + "".join(f"<r><k{k}>1</k{k}><v>2</v></r>" for k in range(2000)) + "</a>", "1,000"),
    "more values than columns": (f"<a>{'<r>' + ''.join(f'<c{k}>1</c{k}>' for k in range(2000)) + '</r>'}</a>", "1,000"),
}
TEXTS = {
    "a feed": ("a.xml", f"{HEAD}<rss>{'<item><title>A</title><text>Some words</text></item>' * 9}</rss>"),
    "a web page": ("a.html", "<!DOCTYPE html><html>" + "<p>Some words.</p>\n" * 20),
    "a workbook of 2003": ("a.xml", f'{HEAD}<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>\n'),
}


@pytest.mark.parametrize("case", TABLES)
def test_repeated_elements_are_rows(write: Write, case: str) -> None:
    name, content, rows, target = TABLES[case]
    path = write(name, content)
    found = peek(path)
    assert (found.kind, found.rows, found.column("target")) == ("series", rows, target)
    assert suggest(path).experiment.data.targets == (target,)


def test_a_record_says_what_is_around_it(write: Write) -> None:
    with open_table(write("a.xml", RATES)) as table:
        assert table.head(1) == [("USD", "1.0", "2023-05-0")]
    with open_table(write("a.gpx", GPX)) as table:
        assert "left out: 1 of 'wpt'" in table.notes


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_table_is_refused_in_a_sentence(write: Write, case: str) -> None:
    content, message = REFUSED[case]
    with pytest.raises(DataError, match=message):
        peek(write("a.gpx", HEAD + content))


@pytest.mark.parametrize("encoding", ["Shift_JIS", "U.-8"])
def test_an_encoding_that_is_not_read_is_said(write: Write, encoding: str) -> None:
    with pytest.raises(DataError, match=r"in an encoding that is not read here .* save it again as UTF-8"):
        peek(write("a.gpx", GPX.replace("UTF-8", encoding)))


@pytest.mark.parametrize("case", TEXTS)
def test_pages_of_words_are_texts_which_is_said(write: Write, case: str) -> None:
    found = understand(write(*TEXTS[case]), {})
    assert found.inspection.kind == "text"
    assert [note for note in found.notes if "web page or XML" in note] == list(found.inspection.remarks) != []


def recording(row: int) -> str:
    values = "".join(f"<v>{(row * 7 + step * 3) % 11}</v>" for step in range(20 + row % 5))
    return f"<rec><label>{'ab'[row % 2]}</label>{values}<at>{row}</at></rec>"


def test_a_long_list_of_values_is_a_sequence(write: Write) -> None:
    path = write("a.xml", f"{HEAD}<all>{''.join(map(recording, ROWS))}</all>")
    with open_table(path) as table:
        assert table.names == ("label", "v", *(f"v{number}" for number in range(2, 25)), "at")
        assert table.head(1)[0][:3] == ("a", "0", "3")
    data = suggest(path).experiment.data
    assert (data.kind, data.label, data.channels, len(data.inputs)) == ("sequences", "label", 1, 24)


LONG_LISTS = {
    "values": "<v>1</v>" * 901,
    "elements": '<v x="1" y="2"/>' * 17,
}


@pytest.mark.parametrize("values", LONG_LISTS.values(), ids=LONG_LISTS.keys())
def test_a_list_that_is_left_out_is_said(write: Write, values: str) -> None:
    rows = "".join(f"<rec><a>{row}</a><b>{row % 3}</b>{values if row == 50 else ''}</rec>" for row in ROWS)
    with open_table(write("a.xml", f"{HEAD}<all>{rows}</all>")) as table:
        assert table.names == ("a", "b")
        assert "left out: lists of more than 900 values or 16 elements in one 'rec': 'v'" in table.notes


def test_blanks_between_records_are_not_gathered(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each would copy all those before it: two million records took minutes."""
    monkeypatch.setattr("engine.data.files.xml_records._LONGEST", 30)
    rows = "".join(f'<rec a="{row}" b="1"/>\n' for row in ROWS)
    assert peek(write("a.xml", f"{HEAD}<all>\n{rows}</all>")).rows == len(ROWS)
