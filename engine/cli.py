"""The workbench without its window: train, predict, export, samples.

Results go to standard output, progress and trouble to standard error. What the user can mend ends with one line
``error: …`` and status 2, what they cannot with status 1 and the details in a log file.
"""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import platformdirs

from engine.commands import ADDED, Command, Parser, UsageError
from engine.commands.terminal import prepare_streams
from engine.config import ConfigError
from engine.data import DataError
from engine.export.targets import ExportError
from engine.layers.parameters import NetworkError
from engine.storage.checkpoints import CheckpointError
from engine.storage.run_folders import RunFolderError
from engine.storage.weights import WeightsFileError

_MENDABLE = (
    CheckpointError, ConfigError, DataError, ExportError, NetworkError, RunFolderError, WeightsFileError, OSError,
    UsageError,
)  # fmt: skip
_CURES: dict[type[OSError], str] = {
    FileNotFoundError: "check the path",
    NotADirectoryError: "check the path",
    IsADirectoryError: "name a file in it",
    PermissionError: "check its permissions, or choose another place",
}


def _parsed(argv: Sequence[str] | None, program: str) -> argparse.Namespace:
    """The arguments, or what is wrong with them in one line."""
    arguments, odd = parser(program).parse_known_args(argv)
    if odd:
        own: argparse.ArgumentParser = arguments.parser
        own.error(f"{'there is no option' if odd[0].startswith('-') else 'one word too many:'} {odd[0]}")
    return arguments


def main(argv: Sequence[str] | None = None, program: str = "main.py") -> int:
    """Run one command and return its exit status: 0, 1, 2, or 128 and the signal that ended it.

    `program` is what the user calls it by, in help and hints.
    """
    prepare_streams()
    try:
        arguments = _parsed(argv, program)
        status: int = arguments.run(arguments)
        sys.stdout.flush()
        return status
    except SystemExit as ended:  # --help
        return int(ended.code or 0)
    except KeyboardInterrupt:
        return _say("interrupted; nothing was written", 130)
    except BrokenPipeError:
        # Whoever read the output has gone; Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except _MENDABLE as error:
        return _say(_words(error), 2)
    except MemoryError:
        return _say("out of memory; take fewer hidden units, a smaller batch or shorter sequences", 2)
    except Exception as error:
        where = _log(traceback.format_exc())
        return _say(f"unexpected {type(error).__name__}: {error}; the details are in {where}", 1)


def parser(program: str = "main.py") -> argparse.ArgumentParser:
    """Every command with its options and help."""
    top = Parser(prog=program, description="Train and use recurrent networks without the window.")
    subparsers = top.add_subparsers(title="commands", required=True, metavar="command", parser_class=Command)
    for add in ADDED:
        add(subparsers)
    for command in subparsers.choices.values():
        command.set_defaults(parser=command)
    return top


def _say(text: str, status: int) -> int:
    line = " ".join(text.split())
    print(f"error: {line}", file=sys.stderr)
    return status


def _words(error: BaseException) -> str:
    if isinstance(error, OSError) and error.filename is not None:
        cure = next((f"; {cure}" for kind, cure in _CURES.items() if isinstance(error, kind)), "")
        return f"{error.filename}: {error.strerror}{cure}"
    return (isinstance(error, OSError) and error.strerror) or str(error)  # standard output has no name


def _log(text: str) -> Path:
    folder = platformdirs.user_log_path("rnn-workbench", appauthor=False)
    path = folder / "command-line-error.log"
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return path
