"""The project file: what a person has set up, in TOML that can be read, and beside it the folder of the runs.

    [project]     kind, version, the workbench that wrote it, the folder of its runs, the runs that are drawn
    [window]      which view, which docks, how wide
    [data] [model] [training] [saving]    every setting, as in a run's experiment.toml

Data that lies in the project's folder is named from there, so that the folder can be moved as a whole. The folder of
runs always lies there. Reading a project reads nothing else and runs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

import tomli_w

from engine.config import SECTIONS, ConfigError, Experiment, experiment_from_dict
from engine.config.fields import shown
from engine.config.toml import read_toml
from engine.storage.atomic import write_atomically

SUFFIX = ".rnnproject"
KIND, VERSION = "rnn-workbench project", 1
_LONGEST = 1_000_000  # bytes of a project
_MANY = 10_000  # runs that are named, docks that are shown
_PATHS = ("data.file", "training.start_weights")


class ProjectError(ValueError):
    """A file that is no project, is damaged, or is a newer version's; the text says which and what to do."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a window stood: names of things, and sizes in pixels."""

    view: str = ""
    docks: tuple[str, ...] = ()  # that were shown
    widths: tuple[int, ...] = ()  # of the docks at the left and at the right


@dataclass(frozen=True, slots=True)
class Project:
    """What a project file holds; paths in `experiment` are absolute."""

    experiment: Experiment = field(default_factory=Experiment)
    runs: str = ""  # name of the folder of runs beside the file; empty where there is none
    drawn: tuple[str, ...] = ()  # folders of the runs whose curves are drawn
    layout: Layout = field(default_factory=Layout)
    of: str = ""  # in what was kept for a person and not saved yet: the project that it belongs to


def write_project(path: Path, project: Project, workbench: str = "") -> None:
    """Put a project at `path` in one step.

    Raises:
        OSError: the place cannot be written; what was there before is untouched.
    """
    write_atomically(path, project_text(project, path.parent, workbench).encode("utf-8"))


def project_text(project: Project, folder: Path, workbench: str = "") -> str:
    """What a project file in `folder` holds."""
    about = {"kind": KIND, "version": VERSION, "workbench": workbench, "runs": project.runs, "of": project.of}
    layout = project.layout
    return tomli_w.dumps(
        {
            "project": {name: value for name, value in about.items() if value} | {"drawn": list(project.drawn)},
            "window": {"view": layout.view, "docks": list(layout.docks), "widths": list(layout.widths)},
            **_moved(project.experiment, lambda path: _inside(path, folder)).to_dict(),
        }
    )


def read_project(path: Path) -> Project:
    """The project in a file.

    Raises:
        ProjectError: it is none, is damaged, or is a newer version's.
        OSError: the file cannot be read.
    """
    values = _table(path)
    about = values.pop("project", None)
    if not isinstance(about, dict) or about.get("kind") != KIND:
        raise ProjectError(f"{path} is no project of this workbench; open data with Open…")
    version = about.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise ProjectError(f"{path} is damaged: its version is {version!r}. Take an older copy of it.")
    if version > VERSION:
        raise ProjectError(
            f"{path} was written by a newer workbench (version {version} of the format; this one reads {VERSION}). "
            "Open it with that one."
        )
    return _project(path, about, values)


def _table(path: Path) -> dict[str, Any]:
    if path.exists() and not path.is_file():
        raise ProjectError(f"{path} is no file; give the project's {SUFFIX} file")
    with path.open("rb") as file:
        content = file.read(_LONGEST + 1)
    if len(content) > _LONGEST:
        raise ProjectError(f"{path} is too large for a project")
    try:
        return read_toml(content.decode("utf-8"))
    except ValueError as error:
        raise ProjectError(f"{path} is no project, or a damaged one: {error}. Take an older copy of it.") from error


def _project(path: Path, about: Mapping[str, Any], values: Mapping[str, Any]) -> Project:
    window = values.get("window", {})
    try:
        if not isinstance(window, Mapping):
            raise ConfigError(f"[window] is a table of fields, got {shown(window)}")
        experiment = experiment_from_dict({name: values[name] for name in values if name in SECTIONS})
        layout = Layout(_text(window, "view"), _texts(window, "docks"), _numbers(window, "widths"))
        return Project(
            experiment=_moved(experiment, lambda name: _absolute(name, path.parent)),
            runs=_beside(_text(about, "runs")),
            drawn=_texts(about, "drawn"),
            layout=layout,
            of=_text(about, "of"),
        )
    except (ConfigError, TypeError, AttributeError, OverflowError) as error:
        raise ProjectError(f"{path} is damaged: {error}. Mend it in a text editor, or take an older copy.") from error


def _moved(experiment: Experiment, way: Any) -> Experiment:
    """With another path in every field that holds one."""
    changes = {}
    for name in _PATHS:
        section, _, item = name.partition(".")
        if path := getattr(getattr(experiment, section), item):
            changes[name] = way(path)
    return experiment.replace(changes)


def _inside(path: str, folder: Path) -> str:
    """From `folder`, where `path` lies in it."""
    try:
        return Path(path).absolute().relative_to(folder.absolute()).as_posix()
    except ValueError:
        return path


def _absolute(path: str, folder: Path) -> str:
    return str((folder / path).absolute())


def _beside(name: str) -> str:
    """The name of a folder beside the project; nothing else, since what is deleted there goes for good."""
    pure = PurePosixPath(name)
    if name and (pure.name != name or name.startswith(".") or "\\" in name or ":" in name or "\0" in name):
        raise ConfigError(f"the folder of runs is {name!r}; it takes the name of a folder beside the project")
    return name


def _text(values: Mapping[str, Any], name: str) -> str:
    found = values.get(name, "")
    if not isinstance(found, str):
        raise ConfigError(f"{name} is {shown(found)}; it takes a text")
    return found


def _texts(values: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = values.get(name, [])
    if not isinstance(found, list) or len(found) > _MANY or not all(isinstance(item, str) for item in found):
        raise ConfigError(f"{name} takes a list of texts")
    return tuple(found)


def _numbers(values: Mapping[str, Any], name: str) -> tuple[int, ...]:
    found = values.get(name, [])
    if not isinstance(found, list) or not all(isinstance(item, int) and 0 <= item <= _MANY for item in found):
        raise ConfigError(f"{name} takes a list of whole numbers")
    return tuple(found)


def without_paths(project: Project) -> Project:
    """For holding two against each other: what a person decided, without how the window stands."""
    return replace(project, layout=Layout(), of="")
