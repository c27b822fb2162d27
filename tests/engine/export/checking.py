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

_ROUNDINGS = 10  # times the engine's own, where more than the limit: a norm now and then meets sums that hardly differ
_LOST = 0.1  # of the limit: where a tenth of the sequences is rounded by more, another order of sums says anything


def check_writing(tmp_path: Path, key: str, kind: str, **model: Any) -> None:
    """Write, run, compare, up to where float32 itself no longer says what float64 does."""
    units = 32 if "norm" in model["cell"] else 6
    source, chosen = exportable(kind, **{"hidden_size": units, **model}), target(key)
    path, *_ = chosen.write(source, tmp_path / f"model{chosen.suffix}")
    data = answered(source.model, given(kind))
    found = chosen.run(path, data)
    assert found is not None
    limit = LIMIT * max(1.0, float(np.abs(data.scaled).max()))
    difference = np.abs(found.scaled - data.scaled).max(axis=-1)  # (U, B)
    if not difference.max() <= limit:
        own = np.abs(data.scaled - in_float64(source.model, data.given)).max(axis=-1)
        lost = np.maximum.accumulate(np.quantile(own, 0.9, axis=1)) > _LOST * limit  # (U,): a state is chaotic
        assert not lost[: max(1, len(lost) // 4)].any(), (kind, model)
        difference, limit = difference[~lost], _ROUNDINGS * float(own[~lost].max())
    assert difference.max() <= limit, (kind, model)
