"""Lessons: a few steps each, with settings to try and what to look at. A TOML file each in `resources/lessons`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from engine.config import Experiment
from engine.data import sample
from engine.resources import resources_folder


@dataclass(frozen=True, slots=True)
class LessonStep:
    """What to do and what to watch. `experiment` is None where nothing is set."""

    do: str
    watch: str
    experiment: Experiment | None
    view: str  # key of the view to look at, "overview" for all; empty: stay
    run: bool  # there is something to run


@dataclass(frozen=True, slots=True)
class Lesson:
    """One question, answered by trying."""

    key: str
    title: str
    question: str
    steps: tuple[LessonStep, ...]


@lru_cache(maxsize=1)
def lessons() -> tuple[Lesson, ...]:
    """All lessons, in the order their files ask for."""
    found = [_read(path) for path in (resources_folder() / "lessons").glob("*.toml")]
    return tuple(lesson for _, lesson in sorted(found, key=lambda pair: pair[0]))


def _read(path: Path) -> tuple[int, Lesson]:
    values = tomllib.loads(path.read_text(encoding="utf-8"))
    steps = tuple(_step(step) for step in values["steps"])
    return int(values["order"]), Lesson(path.stem, str(values["title"]), str(values["question"]), steps)


def _step(values: Mapping[str, Any]) -> LessonStep:
    key = values.get("sample", "")
    experiment = sample(key).experiment.replace(values.get("set", {})) if key else None
    return LessonStep(
        str(values["do"]), str(values["watch"]), experiment, str(values.get("view", "")), bool(values.get("run", False))
    )
