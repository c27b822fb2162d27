"""From a table or a prompt to an answer, with exported weights, in NumPy and nothing else.

Exported Python files hold this very text after that of `numpy_network`, so it imports nothing else of the workbench.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from engine.data.tokens import cut, put_together
from engine.export.numpy_network import run_network


def load(script: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The weights by name and the description of the model, from the files beside the script."""
    with np.load(script.with_suffix(".npz"), allow_pickle=False) as file:
        weights = {name: file[name] for name in file.files}
    return weights, json.loads(script.with_suffix(".json").read_text(encoding="utf-8"))


# --- series: rows in their own units in, forecasts in the same units out ---


def inputs_of(data: dict[str, Any], rows: Any) -> Any:
    """Windows of rows (steps, windows, columns) as the network reads them."""
    targets, scaler = len(data["targets"]), data["input_scaler"]
    level, further = level_of(data, rows[..., :targets]), rows[..., targets:]
    if "difference" in data["transform"]:
        level, further = np.diff(level, axis=0), further[1:]
    columns = np.concatenate([level, further], axis=-1)
    return ((columns - np.array(scaler["offset"])) / np.array(scaler["scale"])).astype(np.float32)


def real_units(about: dict[str, Any], rows: Any, scaled: Any) -> Any:
    """The network's answers to windows of rows, in the targets' own units; of several quantiles the middle one."""
    data, network = about["data"], about["network"]
    scaler, scaled = data["output_scaler"], scaled[..., network["middle"] :: network["width"]]
    changed = scaled * np.array(scaler["scale"]) + np.array(scaler["offset"])
    if "difference" in data["transform"]:
        known = level_of(data, (rows[1:] if scaled.ndim == 3 else rows[-1])[..., : len(data["targets"])])
        changed = changed + np.tile(known, changed.shape[-1] // known.shape[-1])  # once for each step ahead
    return np.exp(changed) if "log" in data["transform"] else changed


def level_of(data: dict[str, Any], values: Any) -> Any:
    """Values on the scale where differences are taken."""
    return np.log(values) if "log" in data["transform"] else values


def answers(step: Any, script: Path, given: Any) -> tuple[Any, Any]:
    """What the network says, as it says it and in real units (None where there are none).

    `given`: of a series, rows in their own units (steps, windows, columns), one step more where differences are
    taken; otherwise what the network reads, (steps, sequences, numbers) or tokens (steps, sequences).
    """
    weights, about = load(script)
    series = about["data"]["kind"] == "series"
    scaled, _ = run_network(step, about["network"], weights, inputs_of(about["data"], given) if series else given)
    return scaled, real_units(about, given, scaled) if series else None


def filled(rows: Any, method: str, season: int) -> Any:
    """Rows without gaps: along a line, from the last season, or from the last value."""
    rows = rows[np.argmax(~np.isnan(rows).any(axis=1)) :].copy()
    numbers = np.arange(len(rows))
    for column in rows.T:
        known = ~np.isnan(column)
        last = np.maximum.accumulate(np.where(known, numbers, 0))
        if method == "linear":
            column[:] = np.interp(numbers, numbers[known], column[known])
            continue
        before = column.copy()
        for row in numbers[~known]:
            again = method == "seasonal" and 1 < season <= row
            column[row] = column[row - season] if again else before[last[row]]
    return rows


def next_dates(last: str, frequency: dict[str, Any] | None, count: int) -> list[str]:
    """What the `count` rows after `last` are called; "+1", … where that cannot be told."""
    try:
        if frequency is None:
            raise ValueError
        return [str(date_after(last, frequency, step)).replace("T", " ") for step in range(1, count + 1)]
    except ValueError:
        return [f"+{step}" for step in range(1, count + 1)]


def date_after(last: str, frequency: dict[str, Any], steps: int) -> Any:
    """The date so many steps after `last`, no finer than `last`; a month's end is not overstepped."""
    date, count = np.datetime64(last.strip().replace("/", "-")), int(frequency["count"]) * steps
    unit = np.datetime_data(date)[0]
    if not frequency["months"]:
        finest = date.astype("datetime64[us]") + np.timedelta64(count, "us")
        return finest.astype(f"datetime64[{unit}]")
    month = date.astype("datetime64[M]")
    rest = date - month.astype(date.dtype)
    after = month + np.timedelta64(count, "M")
    end = (after + np.timedelta64(1, "M")).astype("datetime64[D]") - np.timedelta64(1, "D")
    if unit in ("Y", "M"):
        return after.astype(f"datetime64[{unit}]")
    return min(after.astype(date.dtype) + rest, end.astype(date.dtype) + rest % np.timedelta64(1, "D"))


def read_rows(path: Path, data: dict[str, Any]) -> tuple[list[str], Any]:
    """The dates and the columns that the network reads, from a CSV file with a header."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        first = file.readline()
        file.seek(0)
        separator = max(",;\t", key=first.count)
        table = [row for row in csv.reader(file, delimiter=separator) if row]
    header = [name.strip() for name in table[0]]
    missing = [name for name in [*data["targets"], *data["inputs"]] if name not in header]
    if missing:
        raise SystemExit(f"error: {path}: there is no column {missing[0]!r}; it has {', '.join(header)}")
    places = [header.index(name) for name in [*data["targets"], *data["inputs"]]]
    values = [[number(row[place], separator) for place in places] for row in table[1:]]
    dated = header.index(data["time_column"]) if data["time_column"] in header else None
    dates = [row[dated] if dated is not None else str(at) for at, row in enumerate(table[1:], 1)]
    return dates, np.array(values, np.float64).reshape(-1, len(places))


def number(text: str, separator: str) -> float:
    """A number, or NaN where there is none."""
    try:
        return float(text.replace(",", ".") if separator != "," else text)
    except ValueError:
        return float("nan")


def forecast(step: Any, script: Path, path: Path) -> None:
    """Print what comes after the last row, with its date, as CSV."""
    data = load(script)[1]["data"]
    dates, rows = read_rows(path, data)
    named = [*data["targets"], *data["inputs"]]
    marks = np.isnan(rows[:, [named.index(name) for name in data["marked"]]]).astype(float)  # what was missing
    length, horizon, ahead = data["look_back"] + ("difference" in data["transform"]), data["horizon"], data["steps"]
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["date", *data["targets"]])
    ahead_dates = iter(next_dates(dates[-1], data["frequency"], horizon + ahead - 1))
    for end in range(1 - horizon, 1):
        last_row = len(rows) + end
        window = filled(rows[:last_row], data["missing"], data["season"])[-length:]
        window = np.concatenate([window, marks[:last_row][-len(window) :]], axis=1)
        if len(window) < length:
            raise SystemExit(f"error: {path}: the network reads {length} rows; give it more of the past")
        for values in steps_ahead(step, script, window, ahead):
            writer.writerow([next(ahead_dates), *np.round(values, 6).tolist()])


def steps_ahead(step: Any, script: Path, window: Any, ahead: int) -> Any:
    """The targets (steps, targets) after a window of rows: said at once, or each fed back for the next.

    What is fed back is measured, so nothing of it is marked as missing; other columns stay at their last value.
    """
    data = load(script)[1]["data"]
    targets = len(data["targets"])
    found: list[Any] = []
    if data["known"] and data["strategy"] == "recursive":
        print(f"note: {', '.join(data['known'])} taken to stay as it was last", file=sys.stderr)
    while len(found) < ahead:
        _, said = answers(step, script, window[:, None])
        if data["strategy"] != "recursive":
            return said.reshape(-1, targets)[-ahead:]
        found.append(said.reshape(targets))
        following = window[-1].copy()
        following[:targets] = found[-1]
        following[len(following) - len(data["marked"]) :] = 0.0
        window = np.concatenate([window[1:], following[None]])
    return np.array(found)


# --- text: a prompt in, characters, words or bytes out ---


def write_text(step: Any, script: Path, prompt: str, length: int, temperature: float, seed: int) -> None:
    """Print the prompt and what the network writes after it."""
    weights, about = load(script)
    symbols, unit, random = about["data"]["vocabulary"], about["data"]["unit"], np.random.default_rng(seed)
    numbers = {symbol: at for at, symbol in enumerate(symbols)}
    read = prompt.removesuffix(" ") if unit == "words" and prompt.strip() else prompt
    tokens, states = [numbers.get(symbol, 0) for symbol in cut(read or "\n", unit)], None
    written = [symbols[token] for token in tokens]
    before = len(put_together(written, unit))
    for _ in range(length):
        scores, states = run_network(step, about["network"], weights, np.array(tokens)[:, None], states)
        tokens = [drawn(scores[-1, 0].astype(np.float64), temperature, random)]
        written.append(symbols[tokens[0]])
    text = put_together(written, unit)[before:]
    print(prompt + (text.removeprefix(" ") if unit == "words" and prompt[-1:].isspace() else text))


def drawn(scores: Any, temperature: float, random: Any) -> int:
    """A token: the likeliest at temperature 0, else drawn as the network weighs them. Never the unknown one."""
    scores[0] = -np.inf
    if temperature == 0:
        return int(scores.argmax())
    weights = np.exp((scores - scores.max()) / temperature)
    return int(random.choice(len(scores), p=weights / weights.sum()))


def main(step: Any, script: Path) -> None:
    """Answer what the command line asks."""
    kind = load(script)[1]["data"]["kind"]
    parser = argparse.ArgumentParser(description=f"Use the weights in {script.with_suffix('.npz').name}.")
    if kind == "text":
        parser.add_argument("prompt", help="what to go on from")
        parser.add_argument("--length", type=int, default=200, help="characters, words or bytes to write (200)")
        parser.add_argument("--temperature", type=float, default=0.8, help="0 takes the likeliest (0.8)")
        parser.add_argument("--seed", type=int, default=0, help="the same seed writes the same text (0)")
        given = parser.parse_args()
        write_text(step, script, given.prompt, given.length, given.temperature, given.seed)
    elif kind == "series":
        parser.add_argument("table", type=Path, help="CSV file with a header; the forecast follows its last row")
        forecast(step, script, parser.parse_args().table)
    else:
        parser.add_argument("table", type=Path, help="CSV file without a header: one time step a row")
        table = np.loadtxt(parser.parse_args().table, delimiter=",", ndmin=2, dtype=np.float32)
        np.savetxt(sys.stdout, answers(step, script, table[:, None])[0].reshape(-1, 1), fmt="%.9g")
