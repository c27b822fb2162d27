"""What is shown of labelled data before anything is trained."""

from __future__ import annotations

import contextlib
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from engine.config import Experiment
from engine.data import samples, suggest
from engine.data.inspection import Inspection, inspected
from engine.data.sequences.sequence_dataset import SequenceDataset
from engine.data.tables.tables import Table
from engine.export.beside import write_arrays
from engine.layers.parameters import NetworkError
from tests.engine.data.test_excel import workbook
from tests.engine.data.test_labelled_text import reviews
from tests.engine.data.test_sequences import LAYOUTS, experiment
from workbench.doors.answers import Example, ExamplesPreview, SeriesPreview, TextPreview
from workbench.doors.backend import Backend
from workbench.doors.data_reader import DataReader
from workbench.doors.previews import lines
from workbench.looks.theme import DARK, LIGHT
from workbench.panels.data import DataPanel, counts_text
from workbench.panels.examples import Examples
from workbench.panels.preview import Preview
from workbench.plots.answers.sequence_picture import are_square, picture_of


@pytest.mark.parametrize(("layout", "topology"), [("long", "many_to_one"), ("recording", "many_to_many")])
def test_an_example_of_each_class_is_shown_in_the_units_of_the_file(tmp_path: Path, layout: str, topology: str) -> None:
    text, settings = LAYOUTS[layout]
    path = tmp_path / "a.csv"
    path.write_text(text())
    loaded = DataReader().load(experiment(path, topology, **settings))
    assert isinstance(loaded.preview, ExamplesPreview)
    assert {example.label[-1] for example in loaded.preview.examples} == {"a", "b"}
    first = loaded.preview.examples[0].values
    assert isinstance(loaded.dataset, SequenceDataset)
    raw = np.asarray(loaded.dataset.sequences.values[: len(first)], np.float32)
    np.testing.assert_array_equal(first, raw)


def test_texts_are_shown_with_their_labels(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(reviews())
    loaded = DataReader().open(path)
    assert isinstance(loaded.preview, TextPreview)
    assert loaded.preview.text.splitlines()[:2] == [
        "[sad]  A poor thing, number 0! ",
        "[glad]  A fine thing, number 1! ",
    ]


@pytest.mark.parametrize(
    ("changes", "drawn"),
    [
        ({}, "temp_max by date"),
        ({"data.time_column": ""}, "temp_max in the order of the rows"),
        ({"data.targets": ("wind", "temp_max"), "data.inputs": ()}, "wind, the first of 2 targets, by date"),
    ],
)
def test_it_is_said_what_is_drawn_and_which_column_gives_the_dates(
    qtbot: QtBot, changes: dict[str, Any], drawn: str
) -> None:
    backend = Backend()
    shown = backend.data.load(backend.data.open("seattle_weather").experiment.replace(changes)).preview
    assert isinstance(shown, SeriesPreview)
    assert shown.drawn == drawn
    panel = Preview(LIGHT)
    qtbot.addWidget(panel)
    panel.show_data(shown)
    assert panel._legend.text().endswith(f"<br>{drawn}")


@pytest.mark.parametrize(
    ("sample", "names"),
    [
        ("mauna_loa_co2", ["1960", "1970", "1980", "1990", "2000"]),
        ("sunspots", ["1700", "1750", "1800", "1850", "1900", "1950", "2000"]),
        ("airline_passengers", ["1950", "1952", "1954", "1956", "1958", "1960"]),
    ],
)
def test_a_series_is_shown_over_round_dates(sample: str, names: list[str]) -> None:
    shown = DataReader().open(sample).preview
    assert isinstance(shown, SeriesPreview)
    assert [text for _, text in shown.ticks] == names


@pytest.mark.parametrize(
    ("classes", "shown", "share"), [(10, "abcdefghij", ""), (14, "abcdefghijkl", "12 of 14 classes")]
)
def test_each_class_is_shown_or_how_many_are(
    qtbot: QtBot, tmp_path: Path, classes: int, shown: str, share: str
) -> None:
    path, names = tmp_path / "a.csv", "abcdefghijklmn"[:classes]
    rows = [f"{name}{take},{step},{step % 3 + at},{name}" for at, name in enumerate(names) for take in range(30)
            for step in range(8)]  # fmt: skip
    path.write_text("\n".join(("id,step,value,class", *rows)))  # sorted by class
    preview = DataReader().open(path).preview
    assert isinstance(preview, ExamplesPreview)
    labels = [example.label for example in preview.examples]
    assert labels == sorted(labels)
    assert len(labels) == len(shown)
    assert preview.share == share
    panel = Preview(LIGHT)
    qtbot.addWidget(panel)
    panel.show_data(preview)
    assert panel._legend.text() == share
    assert panel._legend.isHidden() == (not share)


def test_single_rows_are_shown_in_numbers() -> None:
    shown = DataReader().open("seattle_weather_type").preview
    assert isinstance(shown, TextPreview)
    assert re.match(r"\[drizzle\]  precipitation [\d.]+, temp_max", shown.text)
    assert len(shown.text.splitlines()) == 5


def test_a_square_stands_upright_and_other_sequences_run_to_the_right(qtbot: QtBot) -> None:
    square, long = np.eye(8, dtype=np.float32), np.zeros((20, 5), np.float32)
    square[0, 7] = 1.0
    assert are_square([square, square])
    assert not are_square([square, long])
    image = picture_of(square, LIGHT, square=True)
    assert image.pixelColor(7, 0) == image.pixelColor(0, 0)
    assert image.pixelColor(0, 7) != image.pixelColor(0, 0)
    lying = picture_of(long, DARK, square=False)
    assert (lying.width(), lying.height()) == (20, 5)
    long[4, 2] = np.nan  # missing: neither high nor low
    lying = picture_of(long, LIGHT, square=False)
    assert [lying.pixelColor(4, row).alpha() for row in range(5)] == [255, 255, 0, 255, 255]
    shown = Examples(LIGHT)
    qtbot.addWidget(shown)
    shown.resize(300, 120)
    shown.show_examples((Example("zero", square), Example("one", long)))
    assert not shown.grab().toImage().isNull()
    assert shown.accessibleDescription() == "zero: 8 steps; one: 20 steps"


def test_few_inputs_are_drawn_as_lines_with_gaps_and_series_by_part(qtbot: QtBot) -> None:
    shown = Examples(LIGHT)
    qtbot.addWidget(shown)
    shown.resize(300, 120)

    def columns(values: np.ndarray, color: str, borders: tuple[int, ...] = ()) -> list[int]:
        shown.show_examples((Example("", values, borders),))
        image = shown.grab().toImage()
        inked = [any(image.pixelColor(x, y) == QColor(color) for y in range(image.height())) for x in range(300)]
        return [x for x, ink in enumerate(inked) if ink]

    flat = np.ones((301, 1), np.float32)
    train, validation, test = (LIGHT.pens[part].color for part in ("train", "validation", "test"))
    assert len(columns(flat, train)) > 280
    flat[100:200] = np.nan
    assert not set(range(110, 190)) & set(columns(flat, train))
    flat[:] = 2.0
    assert max(columns(flat, train, (100, 200))) < 110
    assert 95 < min(columns(flat, validation, (100, 200))) < max(columns(flat, validation, (100, 200))) < 210
    assert min(columns(flat, test, (100, 200))) > 190


def test_of_several_series_each_is_drawn_with_its_parts(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "shops.csv"
    days = np.datetime64("2020-01-01") + np.arange(3000)
    rows = [f"{day},{shop},{number % 7 + at}" for shop, at in (("N", 5), ("S", 9)) for number, day in enumerate(days)]
    path.write_text("\n".join(("day,shop,units", *rows)))
    loaded = DataReader().open(path)
    assert isinstance(loaded.preview, ExamplesPreview)
    dataset: Any = loaded.dataset
    for example, member in zip(loaded.preview.examples, dataset.members.values(), strict=True):
        assert len(example.values) <= 1002
        assert (example.values.min(), example.values.max()) == (member.series.values.min(), member.series.values.max())
        shares = np.array(example.borders) / len(example.values)
        np.testing.assert_allclose(shares, np.array(member.split.bounds("validation")) / 3000, atol=0.01)
        first, answer, last = (row * 3000 / len(example.values) for row in example.window)
        assert 0 < first < answer <= last < member.split.train_end
        assert answer - first == pytest.approx(member.preparation.look_back, abs=15)
    panel = DataPanel(LIGHT)
    qtbot.addWidget(panel)
    panel.show_loaded(loaded)
    labels = panel.preview.findChildren
    qtbot.waitUntil(lambda: "validation" in " ".join(label.text() for label in labels(QLabel)))


WINDOWS = [
    # settings; rows of the training part, of 100; the first rows of the last windows, the last one first
    ({"data.look_back": 10}, (80, 10, 10), (69, 68, 67)),
    ({"data.look_back": 10, "data.stride": 12}, (80, 10, 10), (60, 48, 36)),
    ({"data.look_back": 10, "data.stride": 40, "data.horizon": 5}, (80, 10, 10), (40, 0)),
    ({"data.look_back": 7, "data.stride": 3, "data.steps": 4}, (80, 10, 10), (69, 66, 63)),
    ({"data.look_back": 7, "data.stride": 3, "data.transform": "difference"}, (80, 10, 10), (70, 67, 64)),
]


@pytest.mark.parametrize(("changes", "parts", "starts"), WINDOWS)
def test_windows_are_drawn_where_they_are_cut(
    tmp_path: Path, changes: dict[str, Any], parts: tuple[int, int, int], starts: tuple[int, ...]
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("value\n" + "".join(f"{n % 9 + n / 7}\n" for n in range(sum(parts))))
    data = {"data.file": str(path), "data.kind": "series", "data.validation": parts[1], "data.test": parts[2]}
    loaded = DataReader().load(Experiment().replace(data | changes))
    shown: Any = loaded.preview
    assert (shown.starts, shown.stride) == (starts, changes.get("data.stride", 1))
    last_answered = shown.answer(starts[0]) + shown.steps - 1
    assert parts[0] - shown.stride <= last_answered < parts[0]
    lead = int("data.transform" in changes)
    windows = len(range(lead, parts[0] - shown.look_back - shown.horizon - shown.steps + 2, shown.stride))
    assert counts_text(loaded).startswith(f"{windows:,} windows to train on")


def test_the_panel_offers_what_the_kind_of_data_needs(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(reviews())
    loaded = DataReader().open(path)
    panel = DataPanel(LIGHT)
    qtbot.addWidget(panel)
    panel.show_loaded(loaded)
    for kind, there, away in (("labelled_text", "text_column", "look_back"), ("series", "look_back", "label")):
        panel.show_experiment(loaded.experiment.replace({"data.kind": kind}))
        assert not panel._first._rows[there].editor.isHidden()
        assert panel._first._rows[away].editor.isHidden()


def test_a_folder_of_sequences_opens(tmp_path: Path) -> None:
    for number in range(24):
        folder = tmp_path / ("run" if number % 2 else "walk")
        folder.mkdir(exist_ok=True)
        (folder / f"{number}.csv").write_text("x,y\n" + "".join(f"{step},{step % 3}\n" for step in range(6)))
    loaded = DataReader().open(tmp_path)
    assert loaded.title == tmp_path.name
    assert [column.name for column in loaded.columns] == ["sequence", "label", "step", "x", "y"]


def test_columns_are_those_of_the_table_that_is_read(tmp_path: Path) -> None:
    """Of the sheet that was chosen, under the delimiter that was said."""
    path = tmp_path / "a.xlsx"
    rows: list[list[object]] = [[day, day * day % 17] for day in range(90)]
    path.write_bytes(workbook(north=[["level", "wind"], *rows], south=[["depth", "flow"], *rows]))
    loaded = DataReader().open(path, {"data.sheet": "south"})
    assert [column.name for column in loaded.columns] == ["depth", "flow"]
    path = tmp_path / "a.csv"
    path.write_text("a;b,c\n" + "".join(f"{n};{n},{n % 7}\n" for n in range(90)))
    for delimiter, names in ((";", ["a", "b,c"]), (",", ["a;b", "c"])):
        loaded = DataReader().open(path, {"data.delimiter": delimiter, "data.decimal": "comma"})
        assert [column.name for column in loaded.columns] == names


def test_a_long_series_is_drawn_by_its_lowest_and_highest_values() -> None:
    values = np.zeros(100_000, np.float32)
    values[[33_333, 77_777]] = 5, -5
    parts = lines(values, (80_000, 90_000))
    assert [int(rows[0]) for rows, _ in parts] == [0, 79_999, 89_999]
    assert all(len(rows) == len(drawn) <= 4_002 for rows, drawn in parts)
    rows, drawn = parts[0]
    assert {(int(row), float(y)) for row, y in zip(rows, drawn, strict=True) if y} == {(33_320, 5.0), (77_760, -5.0)}


def test_a_file_is_looked_into_once_until_it_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = []

    def counted(table: Table, rows: int) -> Inspection:
        looks.append(table.path)
        return inspected(table, rows)

    for module in ("understanding", "inspection"):
        monkeypatch.setattr(f"engine.data.{module}.inspected", counted)
    path, backend = tmp_path / "a.csv", Backend()
    path.write_text("v,w\n" + "".join(f"{n % 7}.5,{n % 5}\n" for n in range(90)))
    loaded = backend.data.open(path)
    again = backend.data.load(loaded.experiment.replace({"data.look_back": 3, "data.targets": ("v",)}))
    assert (len(looks), again.columns) == (1, loaded.columns)
    backend.data.load(loaded.experiment.replace({"data.header": "no", "data.targets": ()}))
    assert len(looks) == 2
    path.write_text("x,y\n" + "".join(f"{n % 7}.5,{n % 5}\n" for n in range(99)))
    changed = backend.data.load(loaded.experiment.replace({"data.targets": ()}))
    assert (len(looks), [column.name for column in changed.columns]) == (3, ["x", "y"])


def test_progress_is_told_without_waiting_for_an_import(monkeypatch: pytest.MonkeyPatch) -> None:
    """The window asks while another thread imports what reads, and would wait for it."""
    backend = Backend()
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "engine.data", None)  # an import of it fails
        assert backend.data.reading_progress() < 0
        backend.data.stop_reading()
    backend.data.open("airline_passengers")
    assert backend.data.reading_progress() <= 1.0


def test_pairs_are_shown_as_they_are_read_and_written() -> None:
    loaded = DataReader().open("number_words")
    assert isinstance(loaded.preview, TextPreview)
    first = loaded.preview.text.splitlines()[0]
    dataset: Any = loaded.dataset
    assert first == f"{dataset.pairs.sources[0]}  →  {dataset.pairs.targets[0]}"
    loaded = DataReader().open("bach_chorales")
    assert isinstance(loaded.preview, TextPreview)
    assert loaded.preview.text.startswith("g minor, 4/4  →  D5\u00a02, F5\u00a02, D5\u00a01")  # as Prediction has it
    loaded = DataReader().open("handwritten_digits")
    assert isinstance(loaded.preview, ExamplesPreview)
    assert len({example.label for example in loaded.preview.examples}) == 6
    assert {example.values.shape for example in loaded.preview.examples} == {(8, 8)}


@pytest.mark.parametrize("key", [each.key for each in samples()])
def test_every_sample_is_shown(key: str) -> None:
    loaded = DataReader().open(key)
    if isinstance(loaded.preview, TextPreview):
        assert loaded.preview.text.strip()
    if isinstance(loaded.preview, ExamplesPreview):
        assert loaded.preview.examples


@pytest.mark.parametrize(
    ("key", "length"), [("adding", 10), ("copying", 5), ("delayed_echo", 10), ("bracket_matching", 8)]
)
def test_of_what_is_made_one_sequence_is_shown_with_its_answer(key: str, length: int) -> None:
    loaded = DataReader().load(suggest(key).experiment.replace({"data.length": length}))
    assert loaded.generated
    assert isinstance(loaded.preview, TextPreview)
    _, read, _, _, answers = loaded.preview.text.split("\n")
    assert read.split() == list(loaded.dataset.pinned_labels())
    if key == "adding":
        marked = [float(number) for number in read.split() if number.startswith("+")]
        assert float(answers) == pytest.approx(sum(marked), abs=0.02)
    elif key == "copying":
        assert answers.split() == read.split()[:10]  # what is to be kept, and neither the pause nor the signal
    elif key == "delayed_echo":
        assert answers.split() == read.split()[:-2]
    else:
        assert answers in ("matched", "broken")


@pytest.mark.parametrize(("source", "misfit"), [("airline_passengers", ""), ("seattle_weather", "this data gives")])
def test_imported_weights_are_held_against_the_data_before_any_run(tmp_path: Path, source: str, misfit: str) -> None:
    shapes = {"weight_ih_l0": (15, 1), "weight_hh_l0": (15, 5), "fc.weight": (1, 5), "fc.bias": (1,)}
    write_arrays({name: np.ones(shape, np.float32) for name, shape in shapes.items()}, tmp_path / "w.npz")
    backend = Backend()
    loaded, found = backend.data.open(source), backend.import_weights(tmp_path / "w.npz")
    for settings in (found.settings, found.settings | {"data.look_back": 9}):  # as it was read, and otherwise
        wanted = loaded.experiment.replace(settings)
        with pytest.raises(NetworkError, match=misfit) if misfit else contextlib.nullcontext():
            backend.fit(found, wanted, loaded)
