"""Files as they come from many places, of which all that matters is that they are understood; no network learns."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from engine.data import load, peek
from engine.data.tables.opening import open_table
from tests.engine.data.making import Write
from tests.engine.data.test_from_elsewhere import DAYS, is_understood, lines, wave

HOURS = [datetime(2020, 1, 1) + timedelta(hours=at) for at in range(200)]
ARABIC = str.maketrans("0123456789.", "٠١٢٣٤٥٦٧٨٩٫")

FILES: dict[str, tuple[str, str | bytes, dict[str, Any]]] = {
    "NOAA, with marks of quality": (
        "a.csv",
        '"STATION","DATE","LATITUDE","TMP","SLP"\n'
        + lines(90, lambda at: f'"7","{HOURS[at]:%Y-%m-%dT%H:%M:%S}","41.9","+0{100 + at},1","{10135 + at % 9},1"'),
        {"rows": 90, "target": "TMP", "decimal": ".", "frequency": "hourly"},
    ),
    "the WHO, with intervals": (
        "a.csv",
        "Location,Period,Value\n"
        + "".join(
            f"{land},{2000 + at},{70 + at % 9} [{69 + at % 9}–{71 + at % 9}]\n" for land in "AB" for at in range(30)
        ),
        {"rows": 60, "time": "Period", "target": "Value", "several": ("Location",), "frequency": "yearly"},
    ),
    "Google, with shares below one": (
        "a.csv",
        "Week,rnn: (Worldwide)\n"
        + lines(90, lambda at: f"{DAYS[0] + timedelta(7 * at)},{'<1' if at % 5 == 0 else at % 40}"),
        {"rows": 90, "time": "Week", "target": "rnn: (Worldwide)", "frequency": "weekly"},
    ),
    "digits of another script": (
        "a.csv",
        "التاريخ,القيمة\n" + lines(90, lambda at: f"{DAYS[at]:%d/%m/%Y},{wave(at)}").translate(ARABIC),
        {"rows": 90, "time": "التاريخ", "target": "القيمة", "frequency": "daily"},
    ),
    "cells filled up with nothing": (
        "a.csv",
        b"date,v\n" + lines(90, lambda at: f"{DAYS[at]},{wave(at)}\0\0").encode(),
        {"rows": 90, "time": "date", "target": "v"},
    ),
    "Anki": (
        "a.txt",
        "#separator:tab\n#html:true\n" + lines(90, lambda at: f"the house {at}\tdas Haus {at}"),
        {"rows": 90, "kind": "pairs", "names": ["column0", "column1"]},
    ),
    "Anki, with names": (
        "a.txt",
        "#separator:tab\n#html:true\n#columns:Front\tBack\n" + lines(90, lambda at: f"the house {at}\tdas Haus {at}"),
        {"rows": 90, "kind": "pairs", "names": ["Front", "Back"]},
    ),
    "pandas, with names of two rows": (
        "a.csv",
        ",A,A,B\n,x,y,x\n" + lines(90, lambda at: f"{DAYS[at]},{wave(at)},{at % 7},{at % 5}"),
        {"rows": 90, "left": 1, "names": ["column0", "A x", "A y", "B x"], "frequency": "daily"},
    ),
    "prices of several shares": (
        "a.csv",
        "Price,Close,Close\nTicker,AAPL,MSFT\nDate,,\n" + lines(90, lambda at: f"{DAYS[at]},{wave(at)},{at % 7}.5"),
        {"rows": 90, "left": 2, "names": ["Date", "Close AAPL", "Close MSFT"], "target": "Close MSFT"},
    ),
    "marks that end the rows, but not the names": (
        "a.csv",
        "Date;Time;CO;T\n"
        + lines(90, lambda at: f"{HOURS[at]:%d/%m/%Y};{HOURS[at]:%H.%M.%S};2,{at % 9};1{at % 7},5;;"),
        {"rows": 90, "time": "Date Time", "target": "T", "frequency": "hourly"},
    ),
    "Britain's statistics, with years and quarters above the months": (
        "a.csv",
        '"Title","CPI INDEX"\n"CDID","D7BT"\n"Unit","2015 = 100"\n"Release date","17-01-2024"\n"Important notes",\n'
        + lines(10, lambda at: f'"{1990 + at}","{50 + at}.5"')
        + lines(40, lambda at: f'"{1990 + at // 4} Q{at % 4 + 1}","{50 + at}.5"')
        + lines(120, lambda at: f'"{datetime(1990 + at // 12, at % 12 + 1, 1):%Y %b}","{50 + at}.5"'.upper()),
        {"rows": 120, "left": 54, "time": "Title", "target": "CPI INDEX", "frequency": "monthly"},
    ),
    "the Bureau of Labor Statistics, with means of years": (
        "a.csv",
        "Series ID,Year,Period,Value\n" + lines(130, lambda at: f"CUU,{2000 + at // 13},M{at % 13 + 1:02d},{wave(at)}"),
        {"rows": 120, "left": 10, "time": "Year Period", "target": "Value", "frequency": "monthly"},
    ),
    "quarters across": (
        "a.csv",
        "Item,"
        + ",".join(f"Q{at % 4 + 1} {2010 + at // 4}" for at in range(40))
        + "\n"
        + lines(3, lambda at: f"i{at}," + ",".join(f"{wave(k)}" for k in range(40))),
        {"rows": 120, "several": ("Item",), "target": "value", "frequency": "quarterly"},
    ),
    "a few rows without a time": (
        "a.csv",
        "Index,Timestamp,Event,Glucose\n1,,Name,\n2,,Device,\n"
        + lines(90, lambda at: f"{at + 3},{HOURS[at]:%Y-%m-%dT%H:%M:%S},EGV,{wave(at)}"),
        {"rows": 90, "left": 2, "time": "Timestamp", "target": "Glucose", "frequency": "hourly"},
    ),
    "the M4 competition, a series a row": (
        "a.csv",
        ",".join(f'"V{at + 1}"' for at in range(31))
        + "\n"
        + lines(20, lambda at: f'"Y{at}",' + ",".join(f"{wave(k)}" if k < 30 - at % 4 else "" for k in range(30))),
        {"rows": 570, "several": ("V1",), "target": "value"},
    ),
    "a report that says each group once": (
        "a.csv",
        "Region,Product,Month,Sales\n"
        + lines(
            96,
            lambda at: (
                f"{('North', 'South')[at // 48] if at % 48 == 0 else ''},{'AB'[at // 24 % 2] if at % 24 == 0 else ''}"
                f",{2020 + at % 24 // 12}-{at % 12 + 1:02d},{wave(at)}"
            ),
        ),
        {"rows": 96, "several": ("Region", "Product"), "target": "Sales", "frequency": "monthly"},
    ),
    "words with tags, a row each": (
        "a.csv",
        "Sentence #,Word,POS,Tag\n"
        + "".join(
            f"{f'Sentence: {at}' if k == 0 else ''},w{at * k % 7},{('DT', 'NN')[k % 2]},{('O', 'B-geo')[k % 3 == 2]}\n"
            for at in range(40)
            for k in range(3 + at % 4)
        ),
        {"rows": 180, "kind": "sequences", "inputs": ("Word",), "label": "Tag", "several": ("Sentence #",)},
    ),
    "prices of what is called a token": (
        "a.csv",
        "date,token,chain,price\n" + lines(96, lambda at: f"{DAYS[at // 4]},t{at % 4},{'ab'[at % 2]},{wave(at)}"),
        {"rows": 96, "kind": "series", "time": "date", "target": "price"},
    ),
    "heartbeats, the class behind each": (
        "a.csv",
        lines(90, lambda at: ",".join(f"{(at * k % 17) / 16:.6e}" for k in range(1, 21)) + f",{at * 7 % 5:.6e}"),
        {"rows": 90, "kind": "sequences", "label": "column20"},
    ),
    "answers called y": (
        "a.csv",
        "id,"
        + ",".join(f"X{at}" for at in range(1, 21))
        + ",y\n"
        + lines(90, lambda at: f"r{at}," + ",".join(str(at * k % 17) for k in range(20)) + f",{at * 7 % 5}"),
        {"rows": 90, "kind": "sequences", "label": "y"},
    ),
    "Tatoeba, with numbers of sentences": (
        "a.tsv",
        lines(90, lambda at: f"{1276 + at * 37}\tI have {at} apples.\t{8e6 + at * 91:.0f}\tIch habe {at} Äpfel."),
        {"rows": 90, "kind": "pairs"},
    ),
    "a log whose lines have as many words": (
        "a.log",
        lines(90, lambda at: f"{HOURS[at]:%b %d %H:%M:%S} host sshd[{at}]: accepted user{at % 5} from 10.0.0.{at}"),
        {"rows": 90, "kind": "text"},
    ),
    "records behind one that tells of them": (
        "a.json",
        json.dumps(
            [{"page": 1}, [{"country": {"id": "AT"}, "date": str(2019 - at), "value": wave(at)} for at in range(60)]]
        ),
        {"rows": 60, "time": "date", "target": "value", "frequency": "yearly"},
    ),
    "rows beside their names": (
        "a.json",
        json.dumps(
            {"columns": ["d", "v"], "index": [*range(90)], "data": [[str(DAYS[at]), wave(at)] for at in range(90)]}
        ),
        {"rows": 90, "names": ["d", "v"], "time": "d", "target": "v"},
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_what_a_person_would_take_it_for(write: Write, name: str) -> None:
    file, content, wanted = FILES[name]
    batch = next(iter(load(is_understood(write(file, content), wanted)).batches("train", 4)))
    assert np.isfinite(batch.inputs).all()


@pytest.mark.parametrize(
    ("cells", "first"),
    [
        (["+0100,1", "-0050,1"], 100.0),
        (["78 [77–79]", "80 [79-81]"], 78.0),
        (["1.5 (1.2 to 1.8)", "1.6 (1.3 to 1.9)"], 1.5),
        (["100.5 ± 0.5", "100.25 +/- 0.5"], 100.5),
        (["<0.05", "0.25"], 0.05),
        (["١٬٠٠٣٫٥", "١٠"], 1003.5),
        (["１２．５", "3"], 12.5),
    ],
)
def test_what_stands_beside_a_number_costs_it_nothing(write: Write, cells: list[str], first: float) -> None:
    rows = "".join(f'{DAYS[at]},"{cells[at % 2]}"\n' for at in range(40))
    with open_table(write("a.csv", f"date,v\n{rows}")) as table:
        assert table.one(f"first({table.number('v')})")[0] == pytest.approx(first)
        assert table.notes


@pytest.mark.parametrize("cells", [["<30", ">30"], ["1-5", "<1"], ["10 (a)", "12 (b)"], ["0100;1", "0200;1"]])
def test_words_with_numbers_in_them_stay_words(write: Write, cells: list[str]) -> None:
    rows = "".join(f'{DAYS[at]},"{cells[at % 2]}"\n' for at in range(40))
    assert peek(write("a.csv", f"date,v\n{rows}"), 1).columns[1].type == "text"


def test_words_of_a_sequence_with_one_label_stay_as_they_are(write: Write) -> None:
    rows = [f"{at // 6},{('ab', 'cd', 'ef')[at % 3]},{'xy'[at // 6 % 2]}" for at in range(60)]
    path = write("words.csv", "\n".join(["seq,word,label", *rows]))
    with open_table(path) as table:
        assert list(table.names) == ["seq", "word", "label"]
