"""Files as banks, offices, loggers and watches write them: each is what a person would take it for."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.config import Experiment
from engine.data import DataError, load
from engine.data.understanding import understand
from engine.events import RunFinished
from engine.training import TrainingRun
from tests.engine.data.making import Write


def wave(at: int) -> float:
    return 100 + at * 7 % 13 + at / 4


def lines(count: int, row: Any) -> str:
    return "".join(f"{row(at)}\n" for at in range(count))


YEARS = range(1960, 2020)
MINUTES = [datetime(2021, 5, 1) + timedelta(minutes=10 * at) for at in range(90)]
LOGGED = lines(90, lambda at: f'"{MINUTES[at]}",{at},{wave(at):.2f},{wave(at) / 2:.1f}')
DAYS = [date(2020, 1, 1) + timedelta(at) for at in range(90)]

FILES: dict[str, tuple[str, dict[str, Any]]] = {
    "the World Bank": (
        '"Data Source","World Development Indicators",\r\n\r\n"Last Updated Date","2023-07-25",\r\n\r\n'
        + '"Country Name","Country Code","Indicator Name","Indicator Code",'
        + ",".join(f'"{year}"' for year in YEARS)
        + ",\r\n"
        + "".join(
            f'"{land}","{land[:3].upper()}","Population, total","SP.POP.TOTL",'
            + ",".join(f'"{size + size * at // 50}"' for at in range(len(YEARS)))
            + ",\r\n"
            for land, size in (("Aruba", 54_000), ("Angola", 5_000_000), ("Austria", 7_000_000))
        ),
        {"rows": 180, "sequence": "Country Name", "target": "value", "frequency": "yearly"},
    ),
    "a logger with two rows below its names": (
        "TIMESTAMP,RECORD,AirTC,RH\nTS,RN,Deg C,%\n,,Avg,Smp\n" + LOGGED,
        {"rows": 90, "left": 2, "time": "TIMESTAMP", "target": "RH", "frequency": "every 10 minutes"},
    ),
    "a logger that names itself first": (
        '"TOA5","CR1000","CR1000","1234","CR1000.Std.32","CPU:prog.CR1","1","Table1"\n'
        '"TIMESTAMP","RECORD","AirTC","RH"\n"TS","RN","Deg C","%"\n"","","Avg","Smp"\n' + LOGGED,
        {"rows": 90, "left": 2, "time": "TIMESTAMP", "target": "RH", "frequency": "every 10 minutes"},
    ),
    "a bank": (
        "Buchungstag;Zweck;Betrag (€)\n" + lines(90, lambda at: f"{DAYS[at]:%d.%m.%y};Markt {at};-{at},{10 + at % 80}"),
        {"rows": 90, "encoding": "cp1252", "decimal": ",", "target": "Betrag (€)", "frequency": "daily"},
    ),
    "a watch of one day": (
        "Id,Minute,Steps\n" + lines(90, lambda at: f"150,4/12/2016 {MINUTES[at]:%I:%M:%S %p},{wave(at):.0f}"),
        {"rows": 90, "time": "Minute", "format": "%m/%d/%Y %I:%M:%S %p", "target": "Steps"},
    ),
    "thousands that only what is owed tells": (
        "Tag\tMenge\tBetrag\n"
        + lines(90, lambda at: f"{DAYS[at]:%d.%m.%Y}\t{1 + at % 7}.200\t1.{100 + at},{10 + at % 9}-"),
        {"rows": 90, "decimal": ",", "target": "Betrag", "time": "Tag"},
    ),
    "fiscal years": (
        "year,revenue\n" + lines(70, lambda at: f"{1950 + at}/{(51 + at) % 100:02d},{wave(at):.1f}"),
        {"rows": 70, "time": "year", "format": "fiscal year", "frequency": "yearly"},
    ),
    "fiscal years by name": (
        "FY,revenue\n" + lines(70, lambda at: f"FY{1950 + at},{wave(at):.1f}"),
        {"rows": 70, "time": "FY", "format": "fiscal year", "frequency": "yearly"},
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_what_a_person_would_take_it_for_and_can_be_learned(write: Write, name: str) -> None:
    text, wanted = FILES[name]
    is_taken_for(write("a.csv", text.encode("cp1252")), wanted)


def is_understood(path: Path, wanted: dict[str, Any]) -> Experiment:
    """Check some of what is understood of a file; the experiment that is suggested for it."""
    found = understand(path, {})
    inspection, suggestion = found.inspection, found.suggestion
    times = [column.format for column in inspection.columns if column.role == "time"]
    assert suggestion is not None
    data = suggestion.experiment.data
    facts = {
        **{"kind": data.kind, "label": data.label, "names": [column.name for column in inspection.columns]},
        **{"targets": data.targets, "inputs": data.inputs, "several": data.sequence_column},
        **{role: inspection.column(role) for role in ("time", "target", "sequence")},
        **{"rows": inspection.rows, "left": inspection.rejected_rows, "encoding": inspection.encoding},
        **{"decimal": inspection.decimal, "frequency": inspection.frequency, "format": times[0] if times else ""},
    }
    assert {key: facts[key] for key in wanted} == wanted
    return suggestion.experiment


def is_taken_for(path: Path, wanted: dict[str, Any]) -> None:
    """The same, and that a network learns from it."""
    experiment = is_understood(path, wanted).replace({"training.epochs": 1, "training.memory_check": "never"})
    assert isinstance([*TrainingRun(experiment, load(experiment))][-1], RunFinished)


@pytest.mark.parametrize("cells", ["1950/52 1951/53", "FY5 FY6", "2019/20/1 2020/21/1", "1950/511 1951/521"])
def test_what_does_not_follow_is_no_fiscal_year(write: Write, cells: str) -> None:
    rows = "".join(f"{cell},{at}.5\n" for at, cell in enumerate(cells.split() * 10))
    assert understand(write("a.csv", "year,v\n" + rows), {}).inspection.column("time") == ""


BINARY = {
    "a.wav": (b"RIFF\x24\0\0\0WAVEfmt ", "a sound"), "a.mid": (b"MThd\0\0\0\6\0\1", "a MIDI file"),
    "a.mp3": (b"\xff\xfb\x90\0", "a sound"), "a.flac": (b"fLaC\0", "a sound"), "a.bmp": (b"BM6\0\0\0", "a picture"),
    "a.tif": (b"II*\0", "a picture"), "a.feather": (b"ARROW1\0\0", "an Arrow or Feather file"),
    "a.avro": (b"Obj\x01", "an Avro file"), "a.nc": (b"CDF\x01", "a NetCDF file"),
    "a.mat": (b"MATLAB 5.0 MAT-file, Platform", "a MATLAB file"), "a.sav": (b"$FL2@(#) SPSS", "an SPSS file"),
    "a.dta": (b"<stata_dta><header>", "a Stata file"), "a.exe": (b"MZ\x90\0", "a program"),
    "a.class": (b"\xca\xfe\xba\xbe", "a program"),
}  # fmt: skip


@pytest.mark.parametrize("name", BINARY)
def test_what_is_no_table_and_no_text_is_refused_by_what_it_is(write: Write, name: str) -> None:
    head, what = BINARY[name]
    with pytest.raises(DataError, match=f"is a binary file, {what}"):
        understand(write(name, head + bytes(300)), {})
