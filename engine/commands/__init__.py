"""The commands of the command line. Each stands in one file with its options, its help and what it does.

What a command does takes the parsed arguments and returns the exit status.
"""

from engine.commands.command import Command, Commands, Parser, UsageError
from engine.commands.exporting import add_export
from engine.commands.importing import add_import
from engine.commands.looking import add_bench, add_inspect, add_samples
from engine.commands.predicting import add_predict
from engine.commands.racing import add_race
from engine.commands.rating import add_range
from engine.commands.sweeping import add_sweep
from engine.commands.training import add_train

__all__ = ["ADDED", "Command", "Commands", "Parser", "UsageError"]

ADDED = (  # in the order of --help
    add_inspect, add_train, add_range, add_race, add_sweep, add_import, add_predict, add_export, add_samples, add_bench,
)  # fmt: skip
