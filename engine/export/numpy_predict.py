"""From a table or a prompt to an answer, with exported weights, in NumPy and nothing else.

Exported Python files hold this very text after that of `numpy_network` and `numpy_series`, so it imports nothing
else of the workbench.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np

from engine.data.texts.tokens import cut, put_together
from engine.export.numpy_dates import next_dates
from engine.export.numpy_network import run_network
from engine.export.numpy_series import end_of, known_after, led, load, print_ahead, window_before
from engine.export.numpy_units import inputs_of, known_places, real_units

# --- series: rows in their own units in, forecasts in the same units out ---


def answers(step: Any, script: Path, given: Any, series: str = "") -> tuple[Any, Any]:
    """What the network says, as it says it and in real units (None where there are none).

    `given`: of a series, rows in their own units (steps, windows, columns), with those that differences are taken
    from, and which of several; otherwise what the network reads, (steps, sequences, numbers) or tokens.
    """
    weights, about = load(script, series)
    if about["data"]["kind"] != "series":
        return run_network(step, about["network"], weights, given)[0], None
    scaled, _ = run_network(step, about["network"], weights, inputs_of(about["data"], given))
    return scaled, real_units(about, given, scaled)


def forecast(step: Any, script: Path, path: Path) -> None:
    """Print what comes after the last row with a target, with its date, as CSV.

    Rows behind that one say what is known ahead; beyond the table it stays as it was.
    """
    data = load(script)[1]["data"]
    horizon, steps = data["horizon"], data["steps"]
    count = horizon + steps - 1

    def after(name: str, dates: list[str], rows: Any) -> Any:
        end, moved = end_of(data, rows, count), led(data, rows)
        future = known_after(data, moved, end, steps)
        windows = [window_before(data, moved, end + back) for back in range(1 - horizon, 1)]
        said = [values for window in windows for values in steps_ahead(step, script, window, future, name)]
        beyond = next_dates(dates[-1], data["frequency"], max(0, end + count - len(rows)))
        return zip([*dates[end : end + count], *beyond], said, strict=True)

    print_ahead(script, path, after)


def steps_ahead(step: Any, script: Path, window: Any, future: Any, series: str) -> Any:
    """The targets (steps, targets) after a window of rows: said at once, or each fed back for the next.

    What is fed back is measured, so nothing of it is marked as missing; columns known ahead go on as `future`
    (steps, columns) says, others stay at their last value.
    """
    data = load(script)[1]["data"]
    targets = len(data["targets"])
    found: list[Any] = []
    for known in future:
        _, said = answers(step, script, window[:, None], series)
        if data["strategy"] != "recursive":
            return said.reshape(-1, targets)[-len(future) :]
        found.append(said.reshape(targets))
        following = window[-1].copy()
        following[:targets] = found[-1]
        following[known_places(data)] = known
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
