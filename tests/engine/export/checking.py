"""What a file of a network that writes says, held against the engine without the rest of the proof."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from engine.export.by_formula import in_float64
from engine.export.held_out import answered
from engine.export.proof import LIMIT
from engine.export.targets import target
from tests.engine.export.examples import exportable, given

_ROUNDINGS = 10  # times the engine's own, where that is over the limit: a state is chaotic, or a norm meets equal sums


def check_writing(tmp_path: Path, key: str, kind: str, **model: Any) -> None:
    """Write, run, compare; of few units, a norm now and then meets sums that hardly differ."""
    units = 32 if "norm" in model["cell"] else 6
    source, chosen = exportable(kind, **{"hidden_size": units, **model}), target(key)
    path, *_ = chosen.write(source, tmp_path / f"model{chosen.suffix}")
    data = answered(source.model, given(kind))
    found = chosen.run(path, data)
    assert found is not None
    limit = LIMIT * max(1.0, float(np.abs(data.scaled).max()))
    difference = float(np.abs(found.scaled - data.scaled).max())
    if not difference <= limit:
        limit = _ROUNDINGS * float(np.abs(data.scaled - in_float64(source.model, data.given)).max())
    assert difference <= limit, (kind, model)
