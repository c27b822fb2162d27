"""Checkpoints: all that a run needs to go on from between two batches as if nothing had been.

Each is a pair of files in the run's folder: tensors (safetensors), and what people can read (JSON), which names the
tensors' file, its size and its SHA-256. The JSON comes last, so that a checkpoint is there whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from engine.storage.atomic import remove_leftovers, write_atomically
from engine.storage.format_version import other_version
from engine.storage.weights import WeightsFileError, decode, encode

FOLDER = "checkpoints"
_FORMAT = "rnn-workbench checkpoint 1"
_NAME = re.compile(r"(\d{6,})_step_\d+\.json")
_LONGEST = 64_000_000  # bytes of JSON that are read


class CheckpointError(ValueError):
    """A checkpoint that cannot be used; the text says which and why."""


class OtherVersionError(CheckpointError):
    """A checkpoint that a newer or an older workbench wrote."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where a run stood after `step` batches."""

    step: int
    facts: Mapping[str, Any]  # in JSON's own types
    tensors: Mapping[str, NDArray[Any]]


class Checkpoints:
    """The checkpoints of one run's folder."""

    def __init__(self, run: Path) -> None:
        self.path = run / FOLDER

    def write(self, checkpoint: Checkpoint, keep: int) -> None:
        """Add one; only then drop all but the `keep` newest.

        Raises:
            OSError: the folder cannot be written; those before are untouched.
        """
        self.path.mkdir(exist_ok=True)
        serial = max((number for number, _ in self._listed()), default=0) + 1
        stem = f"{serial:06d}_step_{checkpoint.step}"
        content = encode(checkpoint.tensors, {})
        reference = {
            "file": f"{stem}.safetensors", "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest(),
        }  # fmt: skip
        text = {"format": _FORMAT, "step": checkpoint.step, "tensors": reference, **checkpoint.facts}
        write_atomically(self.path / f"{stem}.safetensors", content)
        write_atomically(self.path / f"{stem}.json", (json.dumps(text, indent=1, allow_nan=False) + "\n").encode())
        self._prune(keep)

    def newest(self) -> Checkpoint | None:
        """The newest that is whole; None where there has never been one.

        Raises:
            CheckpointError: there are some, and every one is damaged; or the newest whole one is another version's,
                and to go on from one before it would lose what that workbench learned.
        """
        problem = ""
        for _, path in sorted(self._listed(), reverse=True):
            try:
                return read(path)
            except OtherVersionError:
                raise
            except (CheckpointError, OSError) as error:
                problem = problem or str(error)
        if problem:
            raise CheckpointError(problem)
        return None

    def damaged(self) -> list[str]:
        """What is wrong with each that cannot be read; nothing, where all is well."""
        found = []
        for _, path in sorted(self._listed()):
            try:
                read(path)
            except (CheckpointError, OSError) as error:
                found.append(str(error))
        return found

    def _listed(self) -> Iterator[tuple[int, Path]]:
        with suppress(FileNotFoundError, NotADirectoryError):
            for path in self.path.iterdir():
                if found := _NAME.fullmatch(path.name):
                    yield int(found[1]), path

    def _prune(self, keep: int) -> None:
        """Trouble in here costs room, nothing else; the next save tries again."""
        with suppress(OSError):
            listed = [path for _, path in sorted(self._listed(), reverse=True)]
            for path in listed[keep:]:
                path.unlink()
            kept = {path.stem for path in listed[:keep]}
            for path in self.path.glob("*.safetensors"):
                if path.stem not in kept:
                    path.unlink()
            remove_leftovers(self.path)


def read(path: Path) -> Checkpoint:
    """The checkpoint whose JSON is at `path`.

    Raises:
        CheckpointError: not one, or damaged.
        OSError: a file cannot be read.
    """
    try:
        facts = json.loads(_small(path))
        if (mark := facts.pop("format")) != _FORMAT:
            if words := other_version(mark, _FORMAT):
                raise OtherVersionError(f"{path} {words}")
            raise CheckpointError(f"{path} is not a checkpoint of this workbench")
        reference = facts.pop("tensors")
        step, name = facts.pop("step"), reference["file"]
        if not isinstance(step, int) or name != f"{path.stem}.safetensors":
            raise CheckpointError(f"{path} names no step, or the tensors of another checkpoint")
        return Checkpoint(step, facts, _tensors(path.with_name(name), reference))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        if isinstance(error, CheckpointError):
            raise
        raise CheckpointError(f"{path} is not a checkpoint that can be read: {error}") from error


def _small(path: Path) -> bytes:
    if path.stat().st_size > _LONGEST:
        raise CheckpointError(f"{path} is larger than any checkpoint's JSON")
    return path.read_bytes()


def _tensors(path: Path, reference: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    if path.stat().st_size != reference["bytes"]:
        raise CheckpointError(f"{path} has not the size that its checkpoint gives")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != reference["sha256"]:
        raise CheckpointError(f"{path} was changed after it was saved")
    try:
        return decode(content)
    except WeightsFileError as error:
        raise CheckpointError(f"{path}: {error}") from error
