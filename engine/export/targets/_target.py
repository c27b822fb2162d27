"""What a target's file declares."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from engine.data import Preparation, SeriesPreparation
from engine.export.c_source import identifier
from engine.export.held_out import HeldOut
from engine.export.meaning import several
from engine.export.particulars import Exportable
from engine.export.writing_description import writes
from engine.model import Model


class ExportError(ValueError):
    """An export that cannot be made, or an exported file that cannot be run; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Whether a model can go to a target; `text` says what the file will hold, or why it cannot be made."""

    possible: bool
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What an exported file says to held-out data, in the shapes of `HeldOut`; None for what it does not compute."""

    scaled: NDArray[Any]
    real: NDArray[Any] | None = None
    tokens: NDArray[Any] | None = None  # that it writes by itself


_NAMED = 8  # series, in a line that shows how a file is used
_FED_BACK = "It answers with the next step, which is to be fed back for those after it."


@dataclass(frozen=True, slots=True)
class Target:
    """A form that weights leave in.

    `fit` judges the network; ask by `fit_for`, which judges the data too. `write` makes the files and returns their
    paths, the main one first. `runner` names what will run the file, as in "onnxruntime 1.23"; it raises `ExportError`
    where the target cannot do without. `run` asks the main file for its answers; None where nothing here can run it.
    `usage` shows how the file is used, by what goes in: a kind of data, "vector" or "decoder" of networks that write,
    or "" for all others; with {name} and {stem} of the file, {module}, the line that imports it, and where each of
    several series has scalers of its own {series}, a further argument, or {numbered} and {which}.
    """

    key: str
    title: str
    order: int
    suffix: str  # of the main file
    summary: str  # for whom it is, in one sentence
    fit: Callable[[Model], Fit]
    write: Callable[[Exportable, Path], tuple[Path, ...]]
    runner: Callable[[], str]
    run: Callable[[Path, HeldOut], Answers | None]
    usage: Mapping[str, str]
    beside: tuple[str, ...] = ()  # suffixes of what is written beside the main file, under its name

    def usage_of(self, model: Model, path: Path) -> str:
        """How the file at `path` is used."""
        kind = str(model.metadata["kind"])
        if writes(model.network):
            kind = "vector" if "vector" in model.metadata else "decoder" if kind == "series" else kind
        stem = path.stem
        plain = stem.isidentifier() and not keyword.iskeyword(stem)
        return self.usage.get(kind, self.usage.get("", "")).format(
            **_which(model.preparation),
            name=path.name,
            stem=stem,
            upper=identifier(stem).upper(),
            example="1, 2, …" if kind == "vector" else "What is read",
            module=f"import {stem} as model"
            if plain
            else f'import importlib\nmodel = importlib.import_module("{stem}")',
        )

    def fit_for(self, model: Model) -> Fit:
        """Whether `model` can go to this target."""
        found, preparation = self.fit(model), model.preparation
        recursive = isinstance(preparation, SeriesPreparation) and preparation.strategy == "recursive"
        return Fit(True, f"{found.text} {_FED_BACK}") if found.possible and recursive else found


def _which(preparation: Preparation) -> dict[str, str]:
    """How a series is named where each has scalers of its own."""
    names = several(preparation)
    if not names:
        return {"series": "", "numbered": "", "which": ""}
    told = [f"{at} {name!r}" for at, name in enumerate(names[:_NAMED])] + ["…"] * (len(names) > _NAMED)
    return {
        "series": f", series={names[0]!r}",
        "numbered": ', "series": series',
        "which": f"\n# series (batch,), int64: {', '.join(told)}",
    }
