"""What a file of which nothing is known is taken for: tables as people have them."""

from __future__ import annotations

import datetime
import itertools
import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from engine.data import load, suggest
from engine.data.tables.opening import open_table
from tests.engine.data.making import Write

CHANCE = random.Random(7)


def table(header: str, rows: int, row: Callable[[int], tuple[object, ...]], mark: str = ",") -> str:
    lines = [header, *(mark.join(str(cell) for cell in row(at)) for at in range(rows))]
    return "\n".join(lines) + "\n"


def day(at: int) -> str:
    return (datetime.date(2021, 1, 1) + datetime.timedelta(at)).isoformat()


def second(at: int) -> str:
    return f"2024-03-01 00:{at // 60:02d}:{at % 60:02d}"


def season(at: int) -> str:
    return ("winter", "spring", "summer", "autumn")[int(day(at)[5:7]) % 12 // 3]


def surname(at: int) -> tuple[str, str]:
    ending, language = (("ini", "Italian"), ("mann", "German"), ("ski", "Polish"))[at % 3]
    return "".join(CHANCE.choices("abdefgilmnorst", k=5)).title() + ending, language


ACTIVITIES, MOODS = ("sit", "run", "sit", "walk"), ("fine", "poor")
THINGS, VERBS = ("lamp", "radio", "coat", "bag"), ("works", "sells", "ages")
RECORDING = table("time,heart,activity", 300, lambda at: (second(at), 60 + at % 9, ACTIVITIES[at // 75]))
TOLD_APART = table("recording,t,x,gesture", 240, lambda at: (f"r{at // 12}", at % 12, at % 7, MOODS[at // 12 % 2]))
WIDE = table(",".join([*(f"x{k}" for k in range(9)), "kind"]), 40, lambda at: (*range(at, at + 9), MOODS[at % 2]))
SENTENCES = "".join(
    json.dumps({"text": f"a {mood} {thing} that {verb} well", "sentiment": mood}) + "\n"
    for mood, thing, verb in 2
    * list(itertools.product(MOODS, ("lamp", "radio", "coat", "bag"), ("works", "sells", "ages")))
)
STARS = table("id,review,stars", 90, lambda at: (at, f"an item of quality {at} or so", 1 + at % 5))
MESSAGES = table("v1,v2", 90, lambda at: (MOODS[at % 2], f"call me now at {at} please"))
NAMES = table("name,language", 90, surname)
SEASONS = table("date,sales,season", 800, lambda at: (day(at), 100 + at, season(at)))
STORES = table("store,date,sales", 120, lambda at: ("ABC"[at // 40], day(at % 40), at))
ITEMS = table(
    "date,promo,store,item,sales",
    160,
    lambda at: (day(at // 4), int(at % 9 == 0), at % 2, at % 4 // 2, at * 0.5 + at % 4),
)
DIMENSIONS = table(
    "freq;geo;unit;sex;TIME_PERIOD;OBS_VALUE",
    160,
    lambda at: (
        "M",
        "AB"[at % 2],
        ("EUR", "PC")[at // 2 % 2],
        "FM"[at // 4 % 2],
        f"{2000 + at // 96}-{1 + at // 8 % 12:02d}",
        at,
    ),
    ";",
)
CHANNELS = table(
    "time," + ",".join(f"x{k}" for k in range(6)),
    240,
    lambda at: (day(at // 5), *(at * k % 17 + 0.5 for k in range(6))),
)
EVENTS = table("date,age,height,sales", 160, lambda at: (day(at // 2), 20 + at * 7 % 23, 150 + at * 11 % 29, at * 0.5))
WORDS = table("en\tfr", 60, lambda at: (f"a number {at}", f"un nombre {at}"), "\t")
PHRASES = "".join(f"Go {at}.\tVa {at} !\tfrom a book of many phrases, number {at}\n" for at in range(60))
NUMBERED = table("number\ten\tfr", 60, lambda at: (at, f"a number {at}", f"un nombre {at}"), "\t")
NO_HEADER = "".join(f"this one is {mood} and says number {at}\t{mood}\n" for at in range(60) for mood in MOODS)
MACHINES = table("machine,cycle,x,state", 240, lambda at: (f"m{at // 12}", at % 12, at % 7, MOODS[at // 12 % 2]))
PARTED = table(
    "machine,cycle,x,state,part", 240,
    lambda at: (f"m{at // 12}", 1 + at % 12, at % 7, MOODS[at // 12 % 2], ("train", "test")[at // 24 % 3 // 2]),
)  # fmt: skip
SITES = table("site,week,region,sales", 240, lambda at: (f"s{at // 24}", 1 + at % 24, "NS"[at // 24 % 2], at * 7 % 11))
PARTS_OF_ONE = table("x,state,split", 240, lambda at: (at % 7, MOODS[at // 20 % 2], ("train", "test")[at // 180]))
TOPICS = table("text,sport,money", 90, lambda at: (f"some words of text {at}", at % 2, at // 2 % 2))

BATCHES = table("vat,temperature,grade", 240, lambda at: (700 + at // 8, at * 7 % 11, "ab"[at // 8 % 2]))
SHIFTS = table(  # hours of one plant: dates run on over the borders of its shifts
    "hour,shift,load,kind",
    240,
    lambda at: (f"2020-01-{at // 24 + 1:02d} {at % 24:02d}:00", at // 8, at % 7, "ab"[at // 8 % 2]),
)
PHASES = table("phase,level,state", 240, lambda at: (at // 8, at % 7, "ab"[at // 5 % 2]))
FEW = table("phase,level,state", 240, lambda at: (at // 24, at % 7, "ab"[at // 24 % 2]))

TABLES: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    "a label at every step": ("a.csv", RECORDING, "sequences", {"label": "activity", "time_column": "time"}),
    "sequences told apart": ("a.csv", TOLD_APART, "sequences", {"label": "gesture", "sequence_column": ("recording",)}),
    "sequences of any name, that are counted in": (
        "a.csv",
        MACHINES,
        "sequences",
        {"sequence_column": ("machine",), "time_column": "cycle", "label": "state", "inputs": ("x",)},
    ),
    "the same with a part each": (
        "a.csv",
        PARTED,
        "sequences",
        {"sequence_column": ("machine",), "label": "state", "split_column": "part"},
    ),
    "series that are counted in": ("a.csv", SITES, "series", {"targets": ("sales",)}),
    "sequences of any name, told by their shape": ("a.csv", BATCHES, "sequences", {"sequence_column": ("vat",)}),
    "shifts of one recording": ("a.csv", SHIFTS, "sequences", {"sequence_column": ()}),
    "phases in which the label changes": ("a.csv", PHASES, "sequences", {"sequence_column": ()}),
    "few phases of one recording": ("a.csv", FEW, "sequences", {"sequence_column": ()}),
    "a part is no label": ("a.csv", PARTS_OF_ONE, "sequences", {"label": "state", "split_column": "split"}),
    "several things said of each text": (
        "a.csv",
        TOPICS,
        "labelled_text",
        {"label": "", "targets": ("sport", "money")},
    ),
    "a sequence a row": ("a.csv", WIDE, "sequences", {"label": "kind"}),
    "sentences that come again": ("a.jsonl", SENTENCES, "labelled_text", {"text_column": "text", "label": "sentiment"}),
    "stars": ("a.csv", STARS, "labelled_text", {"text_column": "review", "label": "stars", "tokens": "words"}),
    "the label first": ("a.csv", MESSAGES, "labelled_text", {"text_column": "v2", "label": "v1"}),
    "names": ("a.csv", NAMES, "labelled_text", {"text_column": "name", "label": "language", "tokens": "characters"}),
    "seasons of a series": ("a.csv", SEASONS, "series", {"targets": ("sales",), "time_column": "date"}),
    "several series": ("a.csv", STORES, "series", {"targets": ("sales",), "sequence_column": ("store",)}),
    "series told by two columns": ("a.csv", ITEMS, "series", {"sequence_column": ("store", "item")}),
    "series told by three columns": ("a.csv", DIMENSIONS, "series", {"sequence_column": ("geo", "unit", "sex")}),
    "channels beside dates that come again": ("a.csv", CHANNELS, "series", {"time_column": "time", "label": ""}),
    "measurements that tell no series": ("a.csv", EVENTS, "series", {"sequence_column": ()}),
    "phrases without a header": ("a.txt", PHRASES, "pairs", {"inputs": ("column0",), "targets": ("column1",)}),
    "texts without a header": ("a.tsv", NO_HEADER, "labelled_text", {"label": "column1"}),
    "pairs with a number": ("a.tsv", NUMBERED, "pairs", {"inputs": ("en",), "targets": ("fr",)}),
    "pairs": ("a.tsv", WORDS, "pairs", {"inputs": ("en",), "targets": ("fr",)}),
}


@pytest.mark.parametrize("case", TABLES)
def test_a_table_is_taken_for_what_it_is_and_can_be_loaded(write: Write, case: str) -> None:
    name, content, kind, settings = TABLES[case]
    experiment = suggest(write(name, content)).experiment
    assert experiment.data.kind == kind
    assert {field: getattr(experiment.data, field) for field in settings} == settings
    assert load(experiment).count("train") > 0


@pytest.mark.parametrize(("content", "rows"), [(PHRASES, 60), (NO_HEADER, 120), (NUMBERED, 60)])
def test_a_first_line_that_is_a_row_is_counted(write: Write, content: str, rows: int) -> None:
    with open_table(write("a.tsv", content)) as found:
        assert found.rows == rows
