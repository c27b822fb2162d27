"""From a text, a row of values or a table to what a network writes for it, in NumPy and nothing else.

Exported Python files hold this very text after that of `numpy_writing` and `numpy_series`, so it imports nothing
else of the workbench.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np

from engine.export.numpy_dates import next_dates
from engine.export.numpy_series import end_of, known_after, load, print_ahead, window_before
from engine.export.numpy_texts import decoded, encoded
from engine.export.numpy_units import inputs_of, real_units, told_ahead
from engine.export.numpy_writing import (
    begin_writing,
    likeliest,
    scores_when_told,
    taken,
    write_step,
    written_numbers,
    written_tokens,
)


def answers(step: Any, script: Path, given: Any, told: Any, series: str = "") -> tuple[Any, ...]:
    """What the network says; of a series in real units too, else the tokens that it writes by itself.

    `given`: of a series, rows in their own units (steps, windows, columns), with those that differences are taken from,
    `told` what is known ahead (steps, windows, columns), and which of several `series`; otherwise what the network
    reads, and the tokens (steps, texts) that it is told to have written.
    """
    weights, about = load(script, series)
    config, data = about["network"], about["data"]
    if data["kind"] == "series":
        scaled = written_numbers(step, config, weights, inputs_of(data, given), told_ahead(data, given, told))
        return scaled, real_units(about, given, scaled)
    scaled = scores_when_told(step, config, weights, given, told)
    return scaled, None, written_tokens(step, config, weights, given, about["decoding"]["limit"])


# --- texts ---


def log_probabilities(scores: Any) -> Any:
    """Of tokens (B, V); what is unknown and the start are never written."""
    scores = scores.astype(np.float64)
    scores[:, :2] = -np.inf
    scores -= scores.max(axis=1, keepdims=True)
    return scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))


def best_of_beam(step: Any, config: dict[str, Any], weights: dict[str, Any], x: Any, limit: int, width: int) -> Any:
    """Tokens of the best text for `x` (S, 1): the `width` best beginnings go on at each step.

    Longer texts are made up for their length as in Wu et al. (2016), eq. 14, with an exponent of 0.6.
    """
    at = taken(begin_writing(step, config, weights, x), np.zeros(width, int))
    before, written = np.ones(width, int), np.zeros((width, 0), int)
    score = np.where(np.arange(width) == 0, 0.0, -np.inf)
    best, found = -np.inf, None
    for count in range(1, limit + 1):
        scores, at = write_step(step, config, weights, before, at)
        total = score[:, None] + log_probabilities(scores)
        place = total[:, 2].argmax()
        if total[place, 2] / ((5 + count) / 6) ** 0.6 > best:
            best, found = total[place, 2] / ((5 + count) / 6) ** 0.6, written[place]
        total[:, 2] = -np.inf
        order = np.argsort(-total, axis=None, kind="stable")[:width]
        score, (origin, before) = total.reshape(-1)[order], np.divmod(order, total.shape[1])
        written, at = np.concatenate([written[origin], before[:, None]], axis=1), taken(at, origin)
        if best >= score[0] / ((5 + limit) / 6) ** 0.6:  # no beginning can get better than it is now
            break
    return written[0] if found is None else found


def write_texts(step: Any, script: Path, texts: list[str], given: Any) -> None:
    """Print what the network writes for each text, one a line."""
    weights, about = load(script)
    data, own, limit = about["data"], (step, about["network"], weights), about["decoding"]["limit"]
    random = np.random.default_rng(given.seed)

    def drawn(scores: Any) -> Any:
        likely = log_probabilities(scores) / given.temperature
        shares = np.exp(likely - likely.max(axis=1, keepdims=True))
        return np.array([random.choice(len(row), p=row / row.sum()) for row in shares])

    for text in texts:
        x = encoded(data, text)
        if given.width > 1:
            print(decoded(data, best_of_beam(*own, x, limit, given.width)))
        else:
            choose = drawn if given.temperature > 0 else likeliest
            print(decoded(data, written_tokens(*own, x, limit, choose)[:, 0]))


# --- series ---


def forecast(step: Any, script: Path, path: Path) -> None:
    """Print what comes after the last row with a target, with its date, as CSV.

    Rows behind that one say what is known ahead; beyond the table it stays as it was.
    """
    data = load(script)[1]["data"]
    steps = data["steps"]

    def after(series: str, dates: list[str], rows: Any) -> Any:
        end = end_of(data, rows, steps)
        window = window_before(data, rows, end)[:, None]
        _, said = answers(step, script, window, known_after(data, rows, end, steps)[:, None], series)
        beyond = next_dates(dates[-1], data["frequency"], max(0, end + steps - len(rows)))
        return zip([*dates[end:], *beyond], said[:, 0], strict=False)

    print_ahead(script, path, after)


def main(step: Any, script: Path) -> None:
    """Answer what the command line asks."""
    data = load(script)[1]["data"]
    parser = argparse.ArgumentParser(description=f"Use the weights in {script.with_suffix('.npz').name}.")
    if data["kind"] == "series":
        parser.add_argument("table", type=Path, help="CSV file with a header; the forecast follows its last target")
        forecast(step, script, parser.parse_args().table)
        return
    read = f"{len(data['columns'])} values with commas between" if "vector" in data else "a text"
    parser.add_argument("text", help=f"{read}; - reads one a line from the standard input")
    parser.add_argument("--width", type=int, default=1, help="beginnings that a beam keeps; 1 is greedy (1)")
    parser.add_argument("--temperature", type=float, default=0.0, help="draws where it is above 0 (0)")
    parser.add_argument("--seed", type=int, default=0, help="the same seed draws the same (0)")
    given = parser.parse_args()
    lines = sys.stdin.read().splitlines() if given.text == "-" else [given.text]
    try:
        write_texts(step, script, [line for line in lines if line.strip()], given)
    except ValueError as error:
        raise SystemExit(f"error: {error}") from None
