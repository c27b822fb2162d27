"""What travels with exported weights: all that turns raw rows into answers in real units, and where they come from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from engine.data import DataError, PairsPreparation, sample
from engine.data.texts.vocabulary import START, STOP, UNKNOWN
from engine.export.writing_description import network_dict
from engine.model import Model
from engine.runs import RESULT, load_run
from engine.training_loop.recording import versions

_LARGEST_RESULT = 10_000_000  # bytes
_RESULTS = ("metric", "test_metrics", "test_baselines", "test_examples", "validation_metric", "best_epoch", "versions")
NOT_STATED = "not stated; ask whoever gave you the data"


@dataclass(frozen=True, slots=True)
class Exportable:
    """A trained network, and what its run says of it."""

    model: Model
    result: Mapping[str, Any] = field(default_factory=dict)  # of `result.json`, as far as there is one

    def particulars(self) -> dict[str, Any]:
        """In JSON's own types: the data's description, experiment, network, licence, metrics, versions."""
        header = self.model.header()
        return {
            "rnn_workbench": header["rnn_workbench"],
            # As of today: what a run of an earlier version does not name, the exported files look for.
            "data": dict(self.model.metadata) | self.model.preparation.metadata(),
            "network": json.loads(header["network"]) | network_dict(self.model.network) | self.point(),
            "experiment": header["experiment"],
            "licence": licence(self.model),
            "result": {name: self.result[name] for name in _RESULTS if name in self.result},
            "versions": versions(),
        } | self._decoding()

    def _decoding(self) -> dict[str, Any]:
        """How texts are written: which tokens begin and end them, which is never written, after how many to stop."""
        if not isinstance(self.model.preparation, PairsPreparation):
            return {}
        tokens = {"unknown": UNKNOWN, "start": START, "stop": STOP}
        return {"decoding": {"method": "greedy", **tokens, "limit": self.model.preparation.limit}}

    def point(self) -> dict[str, int]:
        """Which outputs are the answer to each target: from `middle` on every `width`-th; others are quantiles."""
        width = self.model.loss.width
        middle = int(self.model.loss.point(np.arange(width))[0]) if width > 1 else 0
        return {"width": width, "middle": middle}

    def texts(self) -> dict[str, str]:
        """The same as text by key, for files whose metadata is text; what is not text is JSON."""
        return {
            key: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
            for key, value in self.particulars().items()
        }


def exportable(path: Path | str) -> Exportable:
    """The best weights of a run folder, or of a weights file of the workbench.

    Raises:
        RunFolderError: no run there, or one that never came to weights.
        WeightsFileError: the weights are damaged.
    """
    return Exportable(load_run(path), _result(Path(path) / RESULT))


def _result(path: Path) -> dict[str, Any]:
    """What `result.json` says; nothing where there is none, as while a run is under way."""
    try:
        if path.stat().st_size > _LARGEST_RESULT:
            return {}
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def licence(model: Model) -> str:
    """Of the data that the network learned from."""
    data = model.experiment.data
    try:
        return sample(data.sample).licence if data.sample and not data.file else NOT_STATED
    except DataError:
        return NOT_STATED
