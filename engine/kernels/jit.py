"""How kernels are compiled: one cache folder per state of the sources, no GIL, no fast-math.

Numba's disk cache does not see edits in other files, so the folder is named by a hash of every kernel and
cell source, of the versions, and of the processor's features.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import stat
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import llvmlite
import llvmlite.binding
import numba
import numpy as np
import platformdirs

F = TypeVar("F", bound=Callable[..., Any])

_ENGINE = Path(__file__).resolve().parent.parent
_ROOM = 16_000_000  # bytes, in which the kernels of several cells find place


def _features() -> str:
    """The processor's features as LLVM names them; `NUMBA_CPU_FEATURES` overrides what the host has."""
    forced = os.environ.get("NUMBA_CPU_FEATURES")
    return forced if forced is not None else str(llvmlite.binding.get_host_cpu_features().flatten())


def _vector_lanes(features: str) -> int:
    """float32 numbers in the widest register: 16 with AVX-512, 8 with AVX, 4 with SSE2 or NEON."""
    enabled = set(features.split(","))
    if "+avx512f" in enabled:
        return 16
    return 8 if "+avx" in enabled or "+avx2" in enabled else 4


def _cache_folder() -> str:
    """A folder of its own for this state of sources, versions and processor."""
    digest = hashlib.sha256()
    for source in sorted([*(_ENGINE / "kernels").glob("*.py"), *(_ENGINE / "cells").glob("*.py")]):
        digest.update(source.name.encode() + source.read_bytes())
    versions = (platform.python_version(), numba.__version__, llvmlite.__version__, np.__version__)
    machine = (platform.machine(), llvmlite.binding.get_host_cpu_name(), FEATURES)
    bounds = os.environ.get("NUMBA_BOUNDSCHECK", "")
    digest.update(repr((versions, machine, bounds)).encode())
    return str(_base() / "kernels" / digest.hexdigest()[:16])


def _base() -> Path:
    """The cache folder of the user, or one among the temporary files where that cannot be written or is full."""
    asked = os.environ.get("RNN_WORKBENCH_CACHE") or platformdirs.user_cache_dir("rnn-workbench", appauthor=False)
    user = getattr(os, "getuid", int)()
    spare = Path(tempfile.gettempdir()) / f"rnn-workbench-cache-{user}"
    if _writable(Path(asked)) or not _writable(spare, mode=0o700):
        return Path(asked)
    kept = spare.lstat()  # what Numba reads there is run, so nobody else may have put it there
    own = stat.S_ISDIR(kept.st_mode) and kept.st_uid == user and (os.name == "nt" or not kept.st_mode & 0o022)
    return spare if own else Path(asked)


def _writable(folder: Path, mode: int = 0o777) -> bool:
    with suppress(OSError):
        folder.mkdir(mode, parents=True, exist_ok=True)
        return os.access(folder, os.W_OK) and shutil.disk_usage(folder).free >= _ROOM
    return False


FEATURES = _features()
LANES = _vector_lanes(FEATURES)
CACHE = _cache_folder()
# Both, since Numba reads its environment again whenever any of its variables changes.
os.environ["NUMBA_CACHE_DIR"] = CACHE
numba.config.CACHE_DIR = CACHE


def kernel(function: F) -> F:
    """Compile `function` on first call; cached on disk, runs without the GIL."""
    return _compiled(function)


def inner_kernel(function: F) -> F:
    """A kernel that only kernels call; without what Python would call it by it compiles in two thirds of the time."""
    return _compiled(function, no_cpython_wrapper=True)


def _compiled(function: F, **further: bool) -> F:
    # Nobody takes a kernel's address; the wrapper for that took a tenth of the time to compile.
    compiled: F = numba.njit(nogil=True, cache=True, error_model="numpy", no_cfunc_wrapper=True, **further)(function)
    return compiled


def padded(width: int) -> int:
    """`width` rounded up to whole vectors."""
    return -(-width // LANES) * LANES
