"""Files that lie beside one another: weights as NPZ, and all that their use needs as JSON."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.export.particulars import Exportable
from engine.storage.atomic import write_atomically


def write_particulars(source: Exportable, path: Path, more: Mapping[str, Any] | None = None) -> Path:
    """Write `Exportable.particulars`, and `more`, as JSON beside `path`, under its name with the ending ``.json``."""
    beside = path.with_suffix(".json")
    text = json.dumps(source.particulars() | dict(more or {}), indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    write_atomically(beside, text.encode())
    return beside


def read_particulars(path: Path) -> dict[str, Any]:
    """What `write_particulars` wrote."""
    found: dict[str, Any] = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    return found


def write_arrays(arrays: dict[str, NDArray[Any]], path: Path) -> Path:
    """Write arrays as NPZ, under the name of `path` with the ending ``.npz``. The same arrays give the same file."""
    content = io.BytesIO()
    np.savez(content, **arrays)  # type: ignore[arg-type]
    beside = path.with_suffix(".npz")
    write_atomically(beside, content.getvalue())
    return beside


def read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """What `write_arrays` wrote."""
    with np.load(path.with_suffix(".npz"), allow_pickle=False) as file:
        return {name: file[name] for name in file.files}
