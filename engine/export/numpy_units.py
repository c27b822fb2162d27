"""Between a table's own units and a network's numbers, in NumPy and nothing else.

Exported Python files hold this very text, so it imports nothing of the workbench. `data` is the description of the data
that travels with the weights, `about` all that does.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def inputs_of(data: dict[str, Any], rows: Any) -> Any:
    """Windows of rows (steps, windows, columns) as the network reads them."""
    targets, scaler, period = len(data["targets"]), data["input_scaler"], data["period"]
    level = level_of(data, rows[..., :targets])
    level = level[period:] - level[:-period] if period else level
    level = np.diff(level, axis=0) if "difference" in data["transform"] else level
    columns = np.concatenate([level, rows[data["lead"] :, ..., targets:]], axis=-1)
    return ((columns - np.array(scaler["offset"])) / np.array(scaler["scale"])).astype(np.float32)


def real_units(about: dict[str, Any], rows: Any, scaled: Any) -> Any:
    """Answers to windows of `rows` in the targets' own units; of several quantiles the middle one."""
    data, network = about["data"], about["network"]
    offset, scale = output_scale(data)
    changed = scaled[..., network["middle"] :: network["width"]] * scale + offset
    changed = changed + bases_of(data, level_of(data, rows[..., : len(data["targets"])]), changed.shape)
    return np.exp(changed) if "log" in data["transform"] else changed


def told_ahead(data: dict[str, Any], rows: Any, future: Any) -> Any:
    """What the decoder is told before each step (U, B, ·): first the last value, scaled, then what is known ahead."""
    targets = len(data["targets"])
    level, period = level_of(data, rows[..., :targets]), data["period"]
    last = level[-1] - level[-1 - period] if period else level[-1]
    change = last - last if "difference" in data["transform"] else last
    first = (change - output_scale(data)[0][0]) / output_scale(data)[1][0]
    offset, scale = (np.array(data["input_scaler"][name])[known_places(data)] for name in ("offset", "scale"))
    own = np.broadcast_to(first, (data["steps"], *first.shape))
    return np.concatenate([own, (future - offset) / scale], axis=-1).astype(np.float32)


def bases_of(data: dict[str, Any], level: Any, shape: Any) -> Any:
    """What answers of this shape are changes from, where windows have this level (steps, windows, targets)."""
    last, horizon = len(level) - 1, data["horizon"]
    if data["strategy"] == "single" and len(shape) == 3:  # an answer at every step
        return base_of(data, level, np.arange(data["lead"], last + 1), horizon)
    if data["strategy"] == "encoder_decoder":
        return np.stack([base_of(data, level, last, horizon + step) for step in range(shape[0])])
    ahead = range(horizon, horizon + shape[-1] // level.shape[-1])
    return np.concatenate([base_of(data, level, last, step) for step in ahead], axis=-1)


def base_of(data: dict[str, Any], level: Any, known: Any, ahead: int) -> Any:
    """What the answer `ahead` steps after the rows `known` is a change from: that row, the last season, or both."""
    period, base = data["period"], np.zeros_like(level[known])
    if "difference" in data["transform"]:
        base = level[known] - level[known - period] if period else level[known]
    return base + level[known - -ahead % period] if period else base


def output_scale(data: dict[str, Any]) -> Any:
    """Offset and scale of the answers; where a decoder writes them, of each step and target (steps, 1, targets)."""
    found = np.array([data["output_scaler"][name] for name in ("offset", "scale")])
    return found.reshape(2, -1, 1, len(data["targets"])) if data["strategy"] == "encoder_decoder" else found


def level_of(data: dict[str, Any], values: Any) -> Any:
    """Values on the scale where differences are taken."""
    return np.log(values) if "log" in data["transform"] else values


def known_places(data: dict[str, Any]) -> list[int]:
    """Which columns are known ahead."""
    return [len(data["targets"]) + data["inputs"].index(name) for name in data["known"]]


def meant(about: dict[str, Any], scaled: Any) -> Any:
    """Probabilities of the classes, or values in the label's own unit; of several quantiles the middle one."""
    data, network = about["data"], about["network"]
    if data.get("separator"):  # any number of labels at once
        return 1.0 / (1.0 + np.exp(-scaled.astype(np.float64)))
    if data["classes"]:
        shares = np.exp(scaled.astype(np.float64) - scaled.max(axis=-1, keepdims=True))
        return shares / shares.sum(axis=-1, keepdims=True)
    offset, scale = (np.array(data["output_scaler"][name]) for name in ("offset", "scale"))
    return scaled[..., network["middle"] :: network["width"]] * scale + offset
