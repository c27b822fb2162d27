"""Weights that leave the workbench."""

from __future__ import annotations

import argparse
import sys
from argparse import Namespace
from pathlib import Path

from engine.commands.command import Commands, UsageError
from engine.commands.options import add_force, check_out
from engine.export import proof
from engine.export.particulars import exportable
from engine.export.targets import Target, target, targets


def add_export(commands: Commands) -> None:
    """`export`, its options and help."""
    text = (
        "Write the best weights of a run for use elsewhere, run the file on held-out data, and say by how much it "
        "differs from the engine; the same is kept beside the file as FILE.proof.json."
    )
    listed = "\n".join(f"  {item.key:<14} {item.suffix:<13} {item.summary}" for item in targets())
    command = commands.add_parser(
        "export", help="write the weights for use elsewhere", description=text, epilog=f"targets:\n{listed}\n",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    command.add_argument("dir", metavar="DIR", help="the folder of a run, or a weights file of the workbench")
    command.add_argument("--to", required=True, metavar="FILE", help="where to; the suffix chooses the target")
    command.add_argument(
        "--target", choices=[item.key for item in targets()], help="what to write, if the suffix leaves it open"
    )
    add_force(command)
    command.set_defaults(run=export)


def export(arguments: Namespace) -> int:
    """The best weights in the form asked for, run once and held against the engine; 1 where they differ."""
    path = Path(arguments.to)
    chosen = _target(path, arguments.target)
    check_out(arguments, path, *(path.with_suffix(suffix) for suffix in chosen.beside))
    shown = proof.export(exportable(arguments.dir), chosen, path)
    for name in shown.files:
        print(f"written to {path.with_name(name)}")
    print(shown.sentence(), file=sys.stdout if shown.passed else sys.stderr)
    return 0 if shown.passed else 1


def _target(path: Path, key: str | None) -> Target:
    """The target that is named, or that the suffix names."""
    if key is not None:
        found = target(key)
        if path.suffix != found.suffix:
            raise UsageError(f"{path.name}: {found.title} goes into a file that ends in {found.suffix}")
        return found
    fitting = [item for item in targets() if item.suffix == path.suffix]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        keys = " or ".join(item.key for item in fitting)
        raise UsageError(f"{path.name}: {path.suffix} may be several things; say which with --target {keys}")
    suffixes = ", ".join(dict.fromkeys(item.suffix for item in targets()))
    raise UsageError(f"{path.name}: the suffix chooses the form: one of {suffixes}")
