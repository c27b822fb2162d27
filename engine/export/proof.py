"""Exporting with proof: after the writing the file is run on held-out data and held against the engine."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.export.by_formula import in_float64, leads_in_float64
from engine.export.held_out import HeldOut, Texts, held_out
from engine.export.particulars import Exportable
from engine.export.staging import publish, staged
from engine.export.targets import Answers, ExportError, Target
from engine.storage.atomic import write_atomically

LIMIT = 1e-5  # of the largest answer, or of 1 where all are smaller
_ROUNDINGS = 4.0  # times the engine's own rounding that another program's may add
_DRIFT = 50.0  # times the engine's own rounding that another program's may grow to, over the steps of a text
_IMPORTED = {"numpy", "torch", "keras", "safetensors"}  # by exported Python files, beside the standard library
_WORST = 100.0  # times the limit, however much a network blows rounding up


def _nobody(_step: str) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True)
class Proof:
    """How far an exported file is from the engine. Shown after an export, and kept beside the file."""

    target: str
    files: tuple[str, ...]  # names, the main one first
    sha256: str  # of the main file
    runner: str  # what ran it
    data: str  # on what
    difference: float | None  # largest, of the network's own answers; None where nothing here can run the file
    largest: float  # answer of the engine, in size
    difference_in_units: float | None  # largest, in the data's own units
    rounding: float  # how far the engine's own float32 is from float64, on the same data
    limit: float  # up to which a difference is the rounding of float32
    texts: int | None = None  # written on the way; None where the network writes none, or nothing here can
    texts_alike: int | None = None  # of them, up to where rounding decides between two tokens

    @property
    def passed(self) -> bool:
        """Whether the file says the same as the engine, as far as it could be run."""
        return self.difference is None or (self.difference <= self.limit and self.texts_alike == self.texts)

    def sentence(self) -> str:
        """The result in words."""
        if self.difference is None:
            return f"Written, but not run: {self.runner}."
        verdict = "says the same" if self.passed else "does NOT say the same; do not use it"
        texts = "" if self.texts is None else f", {self.texts_alike} of {self.texts} texts written alike"
        real = "" if self.difference_in_units is None else f", {self.difference_in_units:.2g} in the data's own units"
        rounded = ""
        if self.difference > LIMIT:
            rounded = f" The engine's own float32 is {self.rounding:.2g} from float64; up to {self.limit:.2g} passes."
        return (
            f"{self.runner} {verdict}: largest difference {self.difference:.2g}{real}, "
            f"on {self.data} (largest answer {self.largest:.3g}){texts}.{rounded}"
        )

    def to_json(self) -> str:
        """Everything, for the file beside the export; of a file that nothing here could run, no verdict."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        passed = None if self.difference is None else self.passed
        return json.dumps(fields | {"passed": passed}, indent=2, ensure_ascii=False) + "\n"


def export(source: Exportable, target: Target, path: Path, tell: Callable[[str], None] = _nobody) -> Proof:
    """Write `source` as `target` says, run the file, and keep the proof beside it as ``<file>.proof.json``.

    The files take their names all at the end, so an export that ends early leaves what was there. `tell` hears of each
    step before it begins; what it raises ends the export.

    Raises:
        ExportError: the target does not take this model, what it needs is not installed, or the name cannot be.
        OSError: the folder cannot be written.
    """
    fit = target.fit_for(source.model)
    if not fit.possible:
        raise ExportError(f"{target.title} is not possible for this model: {fit.text}")
    _check_name(path)
    runner = target.runner()
    with staged(path) as place:
        tell("Writing the files")
        files = target.write(source, place)
        tell("Asking the engine about held-out data")
        data = held_out(source.model)
        rounding = _difference(data.scaled, in_float64(source.model, data.given))
        if data.texts is not None:
            data = replace(data, texts=_surely(data.texts, leads_in_float64(source.model, data.given, data.texts)))
        tell(f"Running the file: {runner}")
        try:
            answers = target.run(files[0], data)
        except ExportError:
            publish(files, path)  # to be looked into
            raise
        proof = _compared(target, files, runner, data, answers, rounding)
        tell("Putting the files in place")
        kept = place.with_name(f"{place.name}.proof.json")
        write_atomically(kept, proof.to_json().encode())
        publish((*files, kept), path)
    return proof


def _check_name(path: Path) -> None:
    if path.suffix == ".py" and path.stem in sys.stdlib_module_names | _IMPORTED:
        raise ExportError(f"{path.name} would hide the Python module {path.stem} and not run; choose another name.")
    try:
        path.name.encode()
    except UnicodeEncodeError:  # from bytes that a shell or a disk gave
        raise ExportError(f"{path.name!a} is no text in UTF-8, and stands in the proof; choose another name.") from None


def _compared(
    target: Target, files: tuple[Path, ...], runner: str, data: HeldOut, found: Answers | None, rounding: float
) -> Proof:
    largest = float(np.abs(data.scaled).max())
    real = None if found is None or data.real is None else found.real
    limit = max(1.0, largest) * max(LIMIT, min(_ROUNDINGS * rounding / max(1.0, largest), _WORST * LIMIT))
    tokens = None if found is None or data.texts is None else found.tokens
    return Proof(
        target=target.key,
        files=tuple(file.name for file in files),
        sha256=hashlib.sha256(files[0].read_bytes()).hexdigest(),
        runner=runner,
        data=data.words,
        difference=None if found is None else _difference(found.scaled, data.scaled),
        largest=largest,
        difference_in_units=None if real is None or data.real is None else _difference(real, data.real),
        rounding=rounding,
        limit=limit,
        texts=None if tokens is None else tokens.shape[1],
        texts_alike=None if tokens is None or data.texts is None else _alike(data.texts, tokens, limit),
    )


def _surely(texts: Texts, exact: NDArray[np.float64]) -> Texts:
    """With the lead of each token lessened by what rounding may have grown to by then: states can be chaotic."""
    drift = np.maximum.accumulate(np.abs(texts.lead - exact), axis=0)
    return replace(texts, lead=texts.lead - _DRIFT * drift)


def _alike(wanted: Texts, tokens: NDArray[Any], limit: float) -> int:
    """Texts that are the same, or part where the next best token is no further behind than scores may differ."""
    if tokens.shape != wanted.tokens.shape:
        return 0
    same = tokens == wanted.tokens
    parted = same.argmin(axis=0), np.arange(tokens.shape[1])
    return int((same.all(axis=0) | (wanted.lead[parted] <= 2 * limit)).sum())


def _difference(found: NDArray[Any], wanted: NDArray[Any]) -> float:
    """Largest difference; infinite where the shapes differ or a number is missing."""
    if found.shape != wanted.shape:
        return float("inf")
    difference = np.abs(found.astype(np.float64) - wanted)
    return float(np.where(np.isnan(difference), np.inf, difference).max(initial=0.0))
