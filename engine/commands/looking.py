"""What is understood of a file, what ships with the workbench, and how fast it is."""

from __future__ import annotations

import json
import textwrap
from argparse import Namespace
from importlib import import_module
from pathlib import Path

from engine import data
from engine.commands.command import Commands, UsageError
from engine.commands.file_report import understood
from engine.commands.options import assigned
from engine.config import CELLS

_TOLD = ("key", "title", "kind", "description", "licence", "source")  # of a sample, in JSON


def add_inspect(commands: Commands) -> None:
    """`inspect`, its options and help."""
    text = (
        "Say what is understood of a file: encoding, delimiter, header, columns with type and role, rows read, rows "
        "rejected with line and reason. What is wrong is put right with --set data.encoding=…, data.delimiter=…, "
        "data.quotes=…, data.decimal=… or data.header=…, here as in train."
    )
    command = commands.add_parser("inspect", help="say what is understood of a file", description=text)
    command.add_argument("file", metavar="FILE", help="a table, a text, or a folder of sequences")
    command.add_argument(
        "--set", metavar="FIELD=VALUE", action="append", default=[], help="say how it is to be read; may be repeated"
    )
    command.add_argument("--json", action="store_true", help="one JSON object")
    command.set_defaults(run=inspect)


def inspect(arguments: Namespace) -> int:
    """What is understood of a file."""
    found = data.understand(Path(arguments.file), assigned(arguments.set))
    if arguments.json:
        print(json.dumps(found.inspection.to_json() | {"notes": found.notes}, ensure_ascii=False))
    else:
        print("\n".join(understood(found.inspection, found.notes)))
    return 0


def add_samples(commands: Commands) -> None:
    """`samples`, its options and help."""
    command = commands.add_parser("samples", help="list the samples", description="List the samples.")
    command.add_argument("--json", action="store_true", help="one JSON object a line")
    command.set_defaults(run=samples)


def samples(arguments: Namespace) -> int:
    """What ships with the workbench."""
    for sample in data.samples():
        if arguments.json:
            print(json.dumps({name: getattr(sample, name) for name in _TOLD}, ensure_ascii=False))
            continue
        print(f"{sample.key}: {sample.title} ({sample.kind})")
        print(textwrap.fill(sample.description, 100, initial_indent="    ", subsequent_indent="    "))
    return 0


def add_bench(commands: Commands) -> None:
    """`bench`, its options and help."""
    text = (
        "Time whole training steps, or the forward pass alone, beside another library; the last line is the verdict "
        "against the goals."
    )
    command = commands.add_parser("bench", help="time training beside another library", description=text)
    command.add_argument("--against", choices=("torch", "jax"), default="torch", help="the library to compare with")
    command.add_argument(
        "--threads", type=int, nargs="+", metavar="N", help="numbers of threads (1 2; JAX takes one: 2)"
    )
    command.add_argument("--inference", action="store_true", help="the forward pass alone")
    command.add_argument("--cell", choices=CELLS, help="only the points of this cell")
    command.add_argument("--json", action="store_true", help="one JSON object a line")
    command.set_defaults(run=bench)


def bench(arguments: Namespace) -> int:
    """Time training steps beside another library. The benchmark lives with the tests, in a checkout."""
    try:
        benchmark = import_module("tests.benchmarks.training_steps")
    except ModuleNotFoundError as error:
        raise UsageError(f"bench runs from a checkout of the sources, where tests/ lies: {error}") from error
    threads = arguments.threads or ([2] if arguments.against == "jax" else [1, 2])
    status: int = benchmark.run(arguments.against, threads, arguments.cell, arguments.json, arguments.inference)
    return status
