"""Packages that only some exports need: imported when asked for, named with their remedy when missing."""

from __future__ import annotations

import importlib
from typing import Any

from engine.export.targets._target import ExportError


def needed(package: str, extra: str) -> Any:
    """Import a package of an extra.

    Raises:
        ExportError: it is not installed; the text says how to install it.
    """
    try:
        return importlib.import_module(package)
    except ImportError as error:
        raise ExportError(
            f"this needs the package {package}, which is not installed; install it by: pip install .[{extra}]"
        ) from error
