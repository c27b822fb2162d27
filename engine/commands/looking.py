"""What is understood of a file, what ships with the workbench, and how fast it is."""

from __future__ import annotations

import json
import textwrap
from argparse import Namespace
from importlib import import_module
from pathlib import Path

from engine import data
from engine.commands.options import UsageError, assigned
from engine.file_report import understood


def inspect(arguments: Namespace) -> int:
    """What is understood of a file."""
    found = data.understand(Path(arguments.file), assigned(arguments.set))
    if arguments.json:
        print(json.dumps(found.inspection.to_json() | {"notes": found.notes}, ensure_ascii=False))
    else:
        print("\n".join(understood(found.inspection, found.notes)))
    return 0


def samples(_arguments: Namespace) -> int:
    """What ships with the workbench."""
    for sample in data.samples():
        print(f"{sample.key}: {sample.title} ({sample.kind})")
        print(textwrap.fill(sample.description, 100, initial_indent="    ", subsequent_indent="    "))
    return 0


def bench(arguments: Namespace) -> int:
    """Time training steps beside another library. The benchmark lives with the tests, in a checkout."""
    try:
        benchmark = import_module("tests.benchmarks.training_steps")
    except ModuleNotFoundError as error:
        raise UsageError(f"bench runs from a checkout of the sources, where tests/ lies: {error}") from error
    threads = arguments.threads or ([2] if arguments.against == "jax" else [1, 2])
    status: int = benchmark.run(arguments.against, threads, arguments.cell, arguments.json, arguments.inference)
    return status
