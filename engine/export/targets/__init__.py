"""What weights can be exported to: one file each, found by its name.

To add a target, write a file with a `TARGET`; the dialog, the command line and the tests pick it up.
"""

from functools import cache
from importlib import import_module
from pathlib import Path

from engine.export.targets._target import Answers, ExportError, Fit, Target

__all__ = ["Answers", "ExportError", "Fit", "Target", "target", "target_keys", "targets"]


@cache
def target_keys() -> tuple[str, ...]:
    """Names of all targets, sorted."""
    return tuple(sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py")))


def target(key: str) -> Target:
    """The declaration of one target.

    Raises:
        KeyError: there is no such target.
    """
    if key not in target_keys():
        raise KeyError(f"no target {key!r}; targets are {', '.join(target_keys())}")
    found: Target = import_module(f"engine.export.targets.{key}").TARGET
    return found


@cache
def targets() -> tuple[Target, ...]:
    """All targets, in the order of a list to choose from."""
    return tuple(sorted(map(target, target_keys()), key=lambda item: item.order))
