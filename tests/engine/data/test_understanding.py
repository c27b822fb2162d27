"""Files as they come from many places, of which all that matters is that they are understood; no network learns."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from engine.data import load, peek
from engine.data.opening import open_table
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
