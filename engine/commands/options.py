"""Options that several commands share, and the settings they ask for."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine import data
from engine.commands.command import Command, UsageError
from engine.config import Experiment, field_info, read_experiment
from engine.importing import read_foreign

_TRANSFORM = "transform: what the weights' file says, none where it says nothing; data.transform sets another"


def add_experiment(command: Command) -> None:
    """Where data and settings come from; `named` and `experiment_of` read them."""
    source = command.add_mutually_exclusive_group()
    source.add_argument("--data", metavar="FILE", help="a table, a text, or a folder with a file for each sequence")
    source.add_argument("--sample", metavar="NAME", help="a sample that ships with the workbench; see `samples`")
    command.add_argument(
        "--config", metavar="FILE.toml", help="settings, as experiment.toml of a run folder holds them"
    )
    command.add_argument(
        "--set", metavar="FIELD=VALUE", action="append", default=[], help="change one setting; may be repeated"
    )
    command.add_argument("--seed", type=int, metavar="N", help="the same as --set training.seed=N")


def fields_help(names: Sequence[str]) -> str:
    """Fields of the schema with what they mean, for the help text."""
    lines = []
    for name in names:
        info = field_info(*name.split("."))
        choices = f" ({', '.join(info.choices)})" if info.choices else ""
        lines.append(f"  {name:<26} {info.help}{choices}".replace("%", "%%"))
    return "\n".join(lines)


def experiment_of(arguments: Namespace, experiment: Experiment | None) -> tuple[Experiment, tuple[str, ...]]:
    """The settings that the options ask for, beginning from those that are `named`, and what was chosen unasked."""
    notes: tuple[str, ...] = ()
    foreign = read_foreign(arguments.weights) if getattr(arguments, "weights", None) else None
    if experiment is None:
        experiment, notes = _suggested(Path(arguments.data), changes_of(arguments))
        if foreign and experiment.data.kind == "series":
            experiment, notes = experiment.replace(foreign.series), (*notes, _TRANSFORM)
    if foreign:
        start = {"training.start_weights": str(Path(arguments.weights).expanduser().absolute())}
        experiment, notes = experiment.replace({**foreign.settings, **start}), (*notes, *foreign.notes)
    experiment = experiment.replace(changes_of(arguments))
    if experiment.data.file:  # a run is found again from any folder
        experiment = experiment.replace({"data.file": str(Path(experiment.data.file).expanduser().absolute())})
    return experiment, notes


def named(arguments: Namespace) -> Experiment | None:
    """The settings that `--config` or `--sample` names, before any are changed; None where a file is to suggest them.

    Quick, unlike reading the file: so a name that is not there is said before anything about where to write.
    """
    if arguments.config is not None:
        experiment = read_experiment(arguments.config)
        source = {"data.file": arguments.data or "", "data.sample": arguments.sample or ""}
        return experiment.replace(source) if any(source.values()) else experiment
    if arguments.sample:
        return data.sample(arguments.sample).experiment
    if not arguments.data:
        raise UsageError("nothing to learn from; give --data FILE, --sample NAME or --config FILE.toml")
    return None


def _suggested(path: Path, changes: dict[str, Any]) -> tuple[Experiment, tuple[str, ...]]:
    """What fits a file, read and understood in the way that `changes` say."""
    said = {name: value for name, value in changes.items() if name in data.SAID}
    found = data.suggest(path, Experiment().replace(said))
    return found.experiment, found.notes


def changes_of(arguments: Namespace) -> dict[str, Any]:
    """What `--set` and `--seed` change."""
    changes = assigned(arguments.set)
    return changes | ({} if arguments.seed is None else {"training.seed": arguments.seed})


def add_force(command: Command) -> None:
    """Whether a file that is there is written over; `check_out` reads it."""
    command.add_argument("--force", action="store_true", help="write over a file that is there already")


def check_out(arguments: Namespace, *files: Path | str | None) -> None:
    """See that nothing is written over unasked, before anything is computed; None where nothing is to be written.

    Raises:
        UsageError: a file is there, and `--force` is not given; or a folder is; or its own folder is not.
    """
    for path in (Path(file) for file in files if file is not None):
        if path.is_dir():
            raise UsageError(f"{path} is a folder; name a file")
        if path.is_file() and not arguments.force:
            raise UsageError(f"{path} is there already; give another name, or --force to write over it")
        if not path.absolute().parent.is_dir():
            raise UsageError(f"{path}: there is no folder {path.absolute().parent}")


def assigned(assignments: list[str]) -> dict[str, Any]:
    """FIELD=VALUE, taken apart."""
    changes: dict[str, Any] = {}
    for item in assignments:
        name, equals, value = item.partition("=")
        if not equals:
            raise UsageError(f"--set takes FIELD=VALUE, got {item!r}")
        changes[name.strip()] = value.strip()
    return changes
