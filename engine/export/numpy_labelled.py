"""From sequences in a table, or from texts, to a class or a value each, in NumPy and nothing else.

Exported Python files hold this very text after that of `engine.data.texts.tokens`, `numpy_network` and `numpy_series`,
so it imports nothing else of the workbench.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np

from engine.data.texts.tokens import cut
from engine.export.numpy_dates import as_iso, in_order
from engine.export.numpy_network import run_network
from engine.export.numpy_series import load
from engine.export.numpy_tables import digits, numbers_of, places_of, print_rows, read_table, say_what_is_no_number
from engine.export.numpy_units import meant


def answers(step: Any, script: Path, given: Any) -> tuple[Any, Any]:
    """What the network says to what it reads, (T, B, I) or tokens (T, B), and what that means."""
    weights, about = load(script)
    scaled, _ = run_network(step, about["network"], weights, given)
    return scaled, meant(about, scaled)


# --- tables: steps of sequences in their own units ---


def read_sequences(path: Path, data: dict[str, Any], layout: dict[str, Any]) -> list[tuple[str, Any]]:
    """What is answered at once, by name: steps (T, I) as the network reads them, or tokens (T,).

    A row is a step of the sequence that its column names, or of one long recording, in the order of time; or it is a
    whole sequence, of `channels` numbers a step.
    """
    words = [name for name, _ in data["words"]]
    read = [name for name in data["columns"] if name not in words]
    header, table, separator = read_table(path, read)
    places = places_of(path, header, read)
    cells = [[row[place].strip() for row in table] for place in places]
    values = np.array([numbers_of(own, separator) for own in cells], np.float64).reshape(len(places), len(table)).T
    for place, own, column in zip(places, cells, values.T, strict=True):
        say_what_is_no_number(path, header[place], own, column)
    if layout["channels"] and data["topology"] != "one_to_one":
        whole: list[Any] = [(str(at), whole_row(row, layout["channels"]), {}) for at, row in enumerate(values, 1)]
        return pieces(whole, data, layout)
    worded = {
        name: [row[place].strip() for row in table] for name in words for place in places_of(path, header, [name])
    }
    named = places_of(path, header, layout["sequence_column"])
    keys = [" · ".join(row[place].strip() for place in named) for row in table]
    rows: dict[str, list[int]] = {key: [] for key in keys}
    for at in by_time(path, header, table, layout["time_column"]):
        rows[keys[at]].append(at)
    found = []
    for name, some in rows.items():
        found.append((name, values[some], {key: [cells[at] for at in some] for key, cells in worded.items()}))
    return pieces(found, data, layout)


def by_time(path: Path, header: list[str], table: list[list[str]], column: str) -> list[int]:
    """Places of the rows in the order of a column of numbers or dates; as they stand where there is none."""
    if column not in header:
        return list(range(len(table)))
    cells = [row[header.index(column)] for row in table]
    try:
        return [int(at) for at in np.argsort(np.array(cells, np.float64), kind="stable")]
    except ValueError:
        return in_order(path, column, as_iso(cells))


def whole_row(row: Any, channels: int) -> Any:
    """The steps (T, channels) of a row; steps without any value at its end are none."""
    steps = row.reshape(-1, channels)
    known = np.flatnonzero(~np.isnan(steps).all(axis=1))
    return steps[: known[-1] + 1 if len(known) else 1]


def encoded(data: dict[str, Any], values: Any, worded: dict[str, list[str]]) -> Any:
    """Steps in their own units (T, C) and words as the network reads them."""
    codes = {
        name: [known.index(word) if word in known else -1 for word in worded[name]] for name, known in data["words"]
    }
    if data["embedded"]:
        return np.array(codes[data["words"][0][0]]) + 1
    offset, scale = (np.array(data["input_scaler"][name]) for name in ("offset", "scale"))
    columns = [(without_gaps(values, data["missing"], data["middle"]) - offset) / scale]
    for name, known in data["words"]:
        columns.append((np.array(codes[name])[:, None] == np.arange(len(known))).astype(np.float64))
    return np.concatenate(columns, axis=1).astype(np.float32)


def without_gaps(values: Any, method: str, middle: list[float]) -> Any:
    """Steps (T, C) without gaps: along a line, or from the last value; `middle` where there is none before."""
    full, numbers = values.copy(), np.arange(len(values))
    for own, usual in zip(full.T, middle, strict=True):
        known = ~np.isnan(own)
        if method == "linear" and known.any():
            own[:] = np.interp(numbers, numbers[known], own[known])
            continue
        last = np.maximum.accumulate(np.where(known, numbers, -1))
        own[:] = np.where(last >= 0, own[last], usual)
    return full


def pieces(found: list[Any], data: dict[str, Any], layout: dict[str, Any]) -> list[tuple[str, Any]]:
    """Sequences, each a name, steps and words, as they are read at once: whole, in steps or in windows.

    Those of a recording are named by the row that they end at. What is missing is filled within each alone, or within
    all where they overlap.
    """
    length, topology, before = data["length"], data["topology"], 0
    recording = not (layout["sequence_column"] or layout["channels"])
    cut_up: list[tuple[str, Any]] = []
    for name, steps, worded in found:
        spans = [(0, len(steps))]
        if topology == "one_to_one":
            spans = [(at, at + 1) for at in range(len(steps))]
        elif topology == "many_to_many":
            spans = [(at, min(at + length, len(steps))) for at in range(0, len(steps), length)]
        elif recording:
            spans = [(at, at + length) for at in range(len(steps) - length + 1)]
        whole = encoded(data, steps, worded) if recording and topology == "many_to_one" else None  # windows overlap
        for first, last in spans:
            alone = {key: cells[first:last] for key, cells in worded.items()}
            own = encoded(data, steps[first:last], alone) if whole is None else whole[first:last]
            cut_up.append((str(before + last) if recording or topology == "one_to_one" else name, own))
        before += len(steps)
    return cut_up


# --- texts ---


def read_texts(texts: list[str], data: dict[str, Any]) -> list[tuple[str, Any]]:
    """Texts with their tokens (T,), no more than the network reads."""
    vocabulary = data["vocabulary"]
    numbers = {symbol: at for at, symbol in enumerate(vocabulary["symbols"], 1)}
    found = []
    for text in texts:
        symbols = cut(text, vocabulary["level"])[: data["length"]] or [""]
        found.append((text, np.array([numbers.get(symbol, 0) for symbol in symbols])))
    return found


# --- answers ---


def print_answers(step: Any, script: Path, found: list[tuple[str, Any]]) -> None:
    """Print what the network says to each of `found`, and at each step where it answers there, as CSV."""
    about = load(script)[1]
    classes, stepped = about["data"]["classes"], about["network"]["aligned"]
    what = "text" if about["data"]["kind"] == "labelled_text" else "sequence"
    head = [what, *(["step"] if stepped else []), about["data"]["label"]]
    print_rows([[*head, *(f"p({name})" for name in classes)]])
    for (name, _), said in zip(found, answered(step, script, [steps for _, steps in found]), strict=True):
        for at, values in enumerate(said if stepped else [said], 1):
            own = [answer_of(classes, values, about["data"].get("separator", ""))] if classes else []
            print_rows([[name, *([at] if stepped else []), *own, *digits(values)]])


def answer_of(classes: list[str], shares: Any, separator: str) -> str:
    """The likeliest class, or with a separator all labels that are likely."""
    if separator:
        return separator.join(name for name, share in zip(classes, shares, strict=True) if share >= 0.5)
    return classes[int(shares.argmax())]


def answered(step: Any, script: Path, found: list[Any]) -> list[Any]:
    """What the network says to each sequence, (·) or (T, ·); those of one length at once."""
    said: list[Any] = [None] * len(found)
    by_length: dict[int, list[int]] = {}
    for at, steps in enumerate(found):
        by_length.setdefault(len(steps), []).append(at)
    for places in by_length.values():
        _, values = answers(step, script, np.stack([found[at] for at in places], axis=1))
        for column, at in enumerate(places):
            said[at] = values[:, column] if values.ndim == 3 else values[column]
    return said


def main(step: Any, script: Path) -> None:
    """Answer what the command line asks."""
    about = load(script)[1]
    parser = argparse.ArgumentParser(description=f"Use the weights in {script.with_suffix('.npz').name}.")
    if about["data"]["kind"] == "labelled_text":
        parser.add_argument("text", help="a text; - reads one a line from the standard input")
        text = parser.parse_args().text
        if os.path.isfile(text):  # which takes any text, where a path raises
            parser.error(f"{text} is a file; its lines are read by - < {text}")
        lines = sys.stdin.read().splitlines() if text == "-" else [text]
        print_answers(step, script, read_texts(lines, about["data"]))
        return
    parser.add_argument("table", type=Path, help="CSV file with a header; its rows in the order of time")
    print_answers(step, script, read_sequences(parser.parse_args().table, about["data"], about["layout"]))
