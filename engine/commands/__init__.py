"""What each command of the command line does. Each takes the parsed arguments and returns the exit status."""

from engine.commands.exporting import export
from engine.commands.looking import bench, inspect, samples
from engine.commands.options import UsageError
from engine.commands.predicting import predict
from engine.commands.racing import run_race
from engine.commands.rating import find_rate
from engine.commands.sweeping import run_sweep
from engine.commands.training import import_weights, train

__all__ = [
    "UsageError",
    "bench",
    "export",
    "find_rate",
    "import_weights",
    "inspect",
    "predict",
    "run_race",
    "run_sweep",
    "samples",
    "train",
]
