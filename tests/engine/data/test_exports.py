"""Files as offices, services and programs export them: each is what a person would take it for."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from engine.data import Reading, peek
from tests.engine.data.making import Write
from tests.engine.data.test_from_elsewhere import DAYS, MINUTES, is_taken_for, lines, wave

YEARS = range(1960, 2020)
STEPS, REQUESTED = range(90), "%d/%b/%Y:%H:%M:%S"
TOLD = (("the", "DT", "O"), ("EU", "NNP", "ORG"), ("rejects", "VBZ", "O"), ("Ann", "NNP", "PER"), ("to", "TO", "O"))
SENTENCES = [[TOLD[(at * at + k * (1 + at % 4)) % 5] for k in range(4 + at % 9)] for at in range(60)]
WORDS = sum(map(len, SENTENCES))
UNSAID = "\t_" * 8
WALKS = ("walk", "run")
MONTHS = ("Januar", "April", "Juli", "Oktober")
HOURS = [datetime(2020, 1, 1) + timedelta(hours=at) for at in range(90)]

FILES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "the Bundesbank": (
        "a.csv",
        '"";BBEX3.D.USD;BBEX3.D.USD_FLAGS\n"";Referenzkurs der EZB / EUR 1 = USD ...;\nEinheit;USD (US-Dollar);\n'
        "Dimension;Eins;\nStand vom;18.09.2020 15:41:20 Uhr;\n"
        + lines(90, lambda at: f"{DAYS[at]};{'.' if at % 9 == 5 else f'1,{100 + at}'};{'kein Wert' * (at % 9 == 5)}"),
        {"rows": 90, "left": 4, "decimal": ",", "target": "BBEX3.D.USD", "frequency": "daily"},
    ),
    "SAP, with its total": (
        "a.txt",
        "Muster AG\n\n" + "-" * 30 + "\n|BuDatum   |Betrag     |Text |\n" + "-" * 30 + "\n"
        + lines(60, lambda at: f"|{DAYS[at]:%d.%m.%Y}|1.{100 + at},10{'- '[at % 2]}|Rate |") + "-" * 30
        + "\n|*         |67.123,10- |     |\n" + "-" * 30 + "\n",
        {"rows": 60, "left": 2, "time": "BuDatum", "target": "Betrag", "decimal": ",", "frequency": "daily"},
    ),
    "Destatis": (
        "a.csv",
        "Tabelle: 61111-0002;;;\nPreisindex, Monate;;;\nDeutschland;;;\n;;2015=100;in (%)\n"
        + lines(60, lambda at: f"{2015 + at // 4};{MONTHS[at % 4]};{100 + at},5;{'-' if at < 4 else at % 5}")
        + "__________\nStand: 01.01.2020\n(C)opyright Destatis\n",
        {"rows": 60, "left": 3, "decimal": ",", "frequency": "quarterly"},
    ),
    "InfluxDB, with two tables": (
        "a.csv",
        "\n".join(
            "#group,false,true,false\n#datatype,string,long,double\n#default,_result,,\n,result,table,_time,_value\n"
            + lines(40, lambda at, table=table: f",,{table},{HOURS[at]:%Y-%m-%dT%H:%M:%SZ},{wave(at)}")
            for table in (0, 1)
        ),
        {"rows": 80, "left": 1, "time": "_time", "target": "_value", "sequence": "table", "frequency": "hourly"},
    ),
    "texts with empty columns behind": (
        "a.csv",
        "v1,v2,,,\n" + lines(90, lambda at: f'{("ham", "spam")[at % 3 == 0]},"Ok, lar {at}",,,'),
        {"rows": 90, "kind": "labelled_text", "label": "v1"},
    ),
    "a phone's sensor, with a mark behind each line": (
        "a.csv",
        "user,activity,x,y,z\n"
        + lines(180, lambda at: f"{1 + at // 60},{WALKS[at // 20 % 2]},{wave(at)},{at % 7},{at % 5}.5;"),
        {"rows": 180, "kind": "sequences", "label": "activity", "inputs": ("x", "y", "z")},
    ),
    "a logger with a short year beside a clock": (
        "a.csv",
        "Datum;Uhrzeit;Wert\n" + lines(90, lambda at: f"{HOURS[at]:%d.%m.%y;%H:%M};{wave(at):.1f}"),
        {"rows": 90, "frequency": "hourly", "target": "Wert"},
    ),
    "LabVIEW": (
        "a.lvm",
        "LabVIEW Measurement\t\nWriter_Version\t2\nSeparator\tTab\n***End_of_Header***\t\n\t\nChannels\t2\t\t\n"
        "Samples\t90\t90\t\nDate\t2020/01/01\t2020/01/01\t\n***End_of_Header***\t\t\t\nX_Value\tU\tI\tComment\n"
        + lines(90, lambda at: f"{at / 1000:.6f}\t{wave(at)}\t{at % 7}.5"),
        {"rows": 90, "left": 0, "names": ["X_Value", "U", "I"], "target": "I"},
    ),
    "an oscilloscope that says its step above": (
        "a.csv",
        "X,CH1,Start,Increment,\nSequence,Volt,-6.0e-03,1.0e-05\n" + lines(90, lambda at: f"{at},{wave(at):.2e},"),
        {"rows": 90, "left": 1, "names": ["X", "CH1", "Start"], "target": "CH1"},
    ),
    "an oscilloscope with empty cells beside what it says": (
        "a.csv",
        "Model,DPO2014B,,\nFirmware,1.52,,\n,,,\nHorizontal Scale,0.0004,,\nRecord Length,90,,\n,,,\nLabel,,,\n"
        "TIME,CH1,CH2,CH3\n" + lines(90, lambda at: f"{at * 4e-6:.6e},{wave(at)},{at % 7},{at % 5}.5"),
        {"rows": 90, "names": ["TIME", "CH1", "CH2", "CH3"], "target": "CH3"},
    ),
    "a logger that marks remarks with what parts its cells": (
        "a.csv",
        "; Sensor log v1.2\n; device: ABC\nTime;T1;T2\n"
        + "".join(f"{HOURS[at]};{wave(at)};{at % 7}.5\n" + "; battery low\n" * (at == 50) for at in range(90)),
        {"rows": 90, "left": 1, "time": "Time", "target": "T2", "frequency": "hourly"},
    ),
    "names among remarks": (
        "a.txt",
        "// recorded by hand\n// in volts\n% t  U\n" + lines(90, lambda at: f"{at / 10:.1f} {wave(at)}"),
        {"rows": 90, "names": ["t", "U"], "target": "U"},
    ),
    "FRED, as text": (
        "a.txt",
        "Title:               Civilian Unemployment Rate\nSeries ID:           UNRATE\nUnits:               Percent\n\n"
        "DATE         VALUE\n" + lines(90, lambda at: f"{2000 + at // 12}-{at % 12 + 1:02d}-01   {wave(at):6.1f}"),
        {"rows": 90, "left": 3, "time": "DATE", "target": "VALUE", "frequency": "monthly"},
    ),
    "a meter that says how each value came": (
        "a.csv",
        "Zeit;Leistung [kW];Status\n" + lines(90, lambda at: f"{MINUTES[at]};{100 + at % 13},5;{'WE'[at % 40 > 36]}"),
        {"rows": 90, "kind": "series", "target": "Leistung [kW]", "frequency": "every 10 minutes"},
    ),
    "Prometheus": (
        "a.json",
        json.dumps({"status": "success", "data": {"result": [
            {"metric": {"job": host}, "values": [[1577836800 + 15 * at, f"{wave(at)}"] for at in STEPS]}
            for host in ("a", "b")
        ]}}),
        {"rows": 180, "time": "time", "target": "value", "sequence": "job", "frequency": "every 15 seconds"},
    ),
    "InfluxDB, as JSON": (
        "a.json",
        json.dumps({"results": [{"statement_id": 0, "series": [
            {"name": "cpu", "columns": ["time", "mean"], "values": [[f"{HOURS[at]}Z", wave(at)] for at in STEPS]}
        ]}]}),
        {"rows": 90, "time": "time", "target": "mean", "frequency": "hourly"},
    ),
    "Apache": (
        "access.log",
        "".join(
            f'10.0.0.{at % 9} - - [{HOURS[at]:{REQUESTED}} +0000] "GET /a{at}.html HTTP/1.1" 200 {1000 + at * 7 % 13} '
            f'"-" "Mozilla/5.0 (\\"X11\\")"\n' + "restarted\n" * (at == 50)
            for at in STEPS
        ),
        {"rows": 90, "left": 1, "time": "time", "target": "bytes", "frequency": "hourly"},
    ),
    "a web server, as by default": (
        "access_log",
        lines(90, lambda at: f'::1 - frank [{HOURS[at]:{REQUESTED}} -0700] "GET / HTTP/1.0" 200 {1000 + at * 7 % 13}'),
        {"rows": 90, "time": "time", "target": "bytes", "frequency": "hourly"},
    ),
    "CoNLL": (
        "a.txt",
        "-DOCSTART- -X- O\n\n" + "\n".join("".join(f"{' '.join(word)}\n" for word in own) for own in SENTENCES),
        {"rows": WORDS, "kind": "sequences", "inputs": ("word",), "label": "tag", "several": ("sentence",)},
    ),
    "CoNLL-U": (
        "a.conllu",
        "\n".join(
            f"# sent_id = {at}\n1-2\tun{UNSAID}\n"
            + "".join(f"{k}\t{said[0]}\t_\t{said[1]}{UNSAID[4:]}\n" for k, said in enumerate(own, 1))
            for at, own in enumerate(SENTENCES)
        ),
        {"rows": WORDS, "left": 0, "kind": "sequences", "inputs": ("word",), "label": "upos", "several": ("sentence",)},
    ),
    "CoNLL, with a word that has no tag": (
        "a.conll",
        "\n".join("".join(f"{word}\t{tag}\n" for word, _, tag in own) for own in SENTENCES) + "alone\n",
        {"rows": WORDS, "left": 1, "kind": "sequences", "label": "tag"},
    ),
    "values that each line names": (
        "a.log",
        "==== log 2020.01.01 ====\n" + lines(90, lambda at: f"{HOURS[at]} level=info temp={wave(at)} hum={at % 7}%"),
        {"rows": 90, "left": 1, "names": ["time", "level", "temp", "hum"], "target": "hum", "frequency": "hourly"},
    ),
    "a serial plotter": (
        "a.txt",
        lines(90, lambda at: f"10:{at // 60:02d}:{at % 60:02d}.120 -> Temp:{wave(at)},Hum:{at % 7}.5"),
        {"rows": 90, "left": 0, "names": ["time", "Temp", "Hum"], "target": "Hum"},
    ),
    "a weather station with a for am": (
        "a.txt",
        "\t\tTemp\tHi\n  Date\t  Time\t Out\tTemp\n"
        + "".join(f"{t:%d/%m/%y}\t{t.hour % 12 or 12}:00{'ap'[t.hour > 11]}\t{t.day}\t{t.hour}\n" for t in HOURS),
        {"rows": 90, "time": "Date Time", "target": "Temp", "frequency": "hourly"},
    ),
    "Kibana": (
        "a.csv",
        '"@timestamp per hour","Count of records"\n'
        + lines(90, lambda at: f'"{HOURS[at]:%b %d, %Y @ %H:%M:%S}.000","1,{100 + at}"'),
        {"rows": 90, "kind": "series", "target": "Count of records", "frequency": "hourly"},
    ),
    "a count of visits with its sum": (
        "a.csv",
        "# ----\n# All data\n# ----\n\nDay Index,Users\n"
        + lines(90, lambda at: f'{DAYS[at]:%m/%d/%y},"1,{100 + at % 9}"') + ',"93,000"\n',
        {"rows": 90, "left": 1, "target": "Users", "frequency": "daily"},
    ),
    "Yahoo, as JSON": (
        "a.json",
        json.dumps({"chart": {"result": [{
            "meta": {"symbol": "X"}, "timestamp": [1577836800 + 86400 * at for at in STEPS],
            "indicators": {"quote": [{"open": [wave(at) for at in STEPS], "close": [wave(at) for at in STEPS]}]},
        }], "error": None}}),
        {"rows": 90, "time": "timestamp", "target": "close", "frequency": "daily"},
    ),
    "the FAO, years once more for each land": (
        "a.csv",
        "Area,Item,Year,Value\n"
        + "".join(f"{land},Wheat,{year},{year * 7 % 90}.5\n" for land in "AB" for year in YEARS),
        {"rows": 120, "time": "Year", "target": "Value", "sequence": "Area", "frequency": "yearly"},
    ),
    "the Met Office": (
        "a.txt",
        "Oxford\nLocation: 450900E 207200N, 63 metres amsl\nEstimated data is marked with a * after the value.\n"
        "   yyyy  mm   tmax    rain\n              degC      mm\n"
        + lines(90, lambda at: f"   {1990 + at // 12}  {at % 12 + 1}  {wave(at)}   {'---' * (at == 9) or at / 2}"),
        {"rows": 90, "left": 4, "time": "yyyy mm", "target": "rain", "frequency": "monthly"},
    ),
    "PostgreSQL": (
        "a.txt",
        "         ts          |  v\n---------------------+------\n"
        + lines(90, lambda at: f" {HOURS[at]} | {wave(at)}") + "(90 rows)\n",
        {"rows": 90, "left": 1, "time": "ts", "target": "v", "frequency": "hourly"},
    ),
    "IIS": (
        "a.log",
        "#Software: IIS 10.0\n#Date: 2020-01-01 00:00:00\n#Fields: date time cs-method sc-status time-taken\n"
        + lines(90, lambda at: f"{HOURS[at]} GET 200 {10 + at * 7 % 13}"),
        {"rows": 90, "time": "date time", "target": "time-taken", "frequency": "hourly"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_an_export_is_what_a_person_would_take_it_for(write: Write, name: str) -> None:
    file, text, wanted = FILES[name]
    is_taken_for(write(file, text), wanted)


NAMELESS = ("CoNLL", "CoNLL-U", "a web server, as by default", "a serial plotter")


@pytest.mark.parametrize("name", NAMELESS)
@pytest.mark.parametrize("header", ["auto", "no"])
def test_of_columns_that_no_line_names_nothing_is_told_of_a_header(write: Write, name: str, header: str) -> None:
    file, text, wanted = FILES[name]
    found = peek(write(file, text), 1, Reading(header=header))
    assert (found.header, found.delimiter, found.rows) == (False, "", wanted["rows"])
    assert not any("header" in note or "delimiter" in note for note in found.notes)


@pytest.mark.parametrize(("name", "told"), [
    ("Kibana", "first line is the header"),
    ("a count of visits with its sum", "first line of the table is the header"),
])  # fmt: skip
def test_which_line_names_the_columns_is_told(write: Write, name: str, told: str) -> None:
    found = peek(write(*FILES[name][:2]), 1)
    assert found.header
    assert told in found.notes
