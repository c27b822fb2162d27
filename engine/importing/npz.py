"""Arrays of an NPZ file, read without pickle, each one's size known before it is."""

from __future__ import annotations

import math
import zipfile
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from engine.storage.weights import WeightsFileError

_LARGEST = 2 << 30  # bytes of all arrays
_MOST = 10_000  # arrays
_SWELLING = 100  # times what it takes packed; trained weights hardly pack at all
_KINDS = "fiub"  # floats, and the counters that lie beside them; no objects, which would be pickles


def read_npz(path: Path) -> dict[str, NDArray[Any]]:
    """Arrays by name.

    Raises:
        WeightsFileError: not such a file, or one that holds something other than numbers.
        OSError: the file cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as file:
            entries = file.infolist()
            _check(path, entries)
            return {entry.filename.removesuffix(".npy"): _array(path, file, entry) for entry in entries}
    except zipfile.BadZipFile as error:
        raise WeightsFileError(f"{path.name} is not an NPZ file as numpy.savez writes it ({error})") from error


def _check(path: Path, entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > _MOST or sum(entry.file_size for entry in entries) > _LARGEST:
        raise WeightsFileError(f"{path.name} holds more than {_MOST:,} arrays or {_LARGEST >> 30} GiB")
    if len({entry.filename for entry in entries}) != len(entries):
        raise WeightsFileError(f"{path.name} holds a name twice")
    for entry in entries:
        if entry.file_size > _SWELLING * (entry.compress_size + 10_000):
            raise WeightsFileError(
                f"{path.name}: {entry.filename} would swell to {entry.file_size:,} bytes; no weights do"
            )


def _array(path: Path, file: zipfile.ZipFile, entry: zipfile.ZipInfo) -> NDArray[Any]:
    with file.open(entry) as stream:
        shape, fortran, dtype = _header(stream)
        count = math.prod(shape)
        if dtype.hasobject:
            raise WeightsFileError(
                f"{path.name}: {entry.filename} is a pickle, which can run code when it is opened; save each tensor "
                "by itself: numpy.savez(file, **{k: v.numpy() for k, v in model.state_dict().items()})"
            )
        if dtype.kind not in _KINDS or count * dtype.itemsize > entry.file_size:
            raise WeightsFileError(f"{path.name}: {entry.filename} holds no numbers, or fewer than it says")
        content = stream.read(count * dtype.itemsize)
    if len(content) != count * dtype.itemsize:
        raise WeightsFileError(f"{path.name}: {entry.filename} ends too early")
    values = np.frombuffer(content, dtype).reshape(shape, order="F" if fortran else "C")
    return np.ascontiguousarray(values, np.float32 if dtype.itemsize == 2 else dtype.newbyteorder("=")).reshape(shape)


def _header(stream: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    version = np.lib.format.read_magic(stream)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, fortran, dtype = read(stream)
    if any(size < 0 for size in shape):
        raise ValueError("a negative size")
    return shape, fortran, dtype
