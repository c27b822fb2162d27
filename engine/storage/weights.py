"""Named tensors and text in a safetensors file: how weights rest on disk, in a run folder and exported.

Written here rather than by the library, which shuffles the header from call to call: the same weights give
the same file, to the last bit.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load as _load

from engine.storage.atomic import write_atomically

_DTYPES = {"float32": "F32", "float64": "F64", "int64": "I64"}
_WEIGHTS = ("float32", "float64")
_LARGEST_HEADER = 100_000_000  # bytes; the library's own limit


class WeightsFileError(ValueError):
    """A weights file that cannot be used; the text says which and why."""


def write_weights(path: Path | str, weights: Mapping[str, NDArray[np.floating]], metadata: Mapping[str, str]) -> None:
    """Write `weights` under their names, and `metadata` (text by key), all of it or nothing.

    Raises:
        OSError: the folder cannot be written.
    """
    write_atomically(path, encode(weights, metadata))


def encode(weights: Mapping[str, NDArray[Any]], metadata: Mapping[str, str]) -> bytes:
    """The bytes of the file: 8 bytes of header length, a JSON header, then the tensors in their order."""
    header: dict[str, object] = {"__metadata__": dict(sorted(metadata.items()))}
    chunks, end = [], 0
    for name, tensor in weights.items():
        chunk = np.ascontiguousarray(tensor).astype(tensor.dtype.newbyteorder("<"), copy=False).tobytes()
        start, end = end, end + len(chunk)
        header[name] = {"dtype": _DTYPES[tensor.dtype.name], "shape": tensor.shape, "data_offsets": [start, end]}
        chunks.append(chunk)
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)  # tensors begin at a multiple of 8 bytes
    return b"".join([len(text).to_bytes(8, "little"), text, *chunks])


def read_weights(path: Path | str) -> tuple[dict[str, NDArray[np.floating]], dict[str, str]]:
    """Weights by name, and the metadata, of a file that this or another program wrote.

    Raises:
        WeightsFileError: not a safetensors file, or one that holds something other than finite floats.
        OSError: the file cannot be read.
    """
    content = regular(path).read_bytes()
    try:
        weights = decode(content)
        metadata = _metadata(content)
    except (ValueError, AttributeError, RecursionError) as error:
        raise WeightsFileError(f"{path} is not a safetensors file that can be read: {error}") from error
    for name, tensor in weights.items():
        if tensor.dtype.name not in _WEIGHTS:
            raise WeightsFileError(f"{path}: tensor {name!r} holds {tensor.dtype.name}; weights are float32 or float64")
        if not np.isfinite(tensor).all():
            raise WeightsFileError(f"{path}: tensor {name!r} holds NaN or infinity")
    return weights, metadata


def read_metadata(path: Path | str) -> dict[str, str]:
    """The text in the head of a file, whatever its tensors hold.

    Raises:
        WeightsFileError: not a safetensors file.
        OSError: the file cannot be read.
    """
    try:
        return _metadata(regular(path).read_bytes())
    except (ValueError, AttributeError, RecursionError) as error:
        raise WeightsFileError(f"{path} is not a safetensors file that can be read: {error}") from error


def regular(path: Path | str) -> Path:
    """A path that names a file, or nothing. Raises `WeightsFileError` otherwise: a pipe or a device may never end."""
    path = Path(path)
    if path.exists() and not path.is_file():
        raise WeightsFileError(f"{path} is {'a folder' if path.is_dir() else 'a pipe or a device'}; name a file")
    return path


def decode(content: bytes) -> dict[str, NDArray[Any]]:
    """The tensors in the bytes of a file, by name.

    Raises:
        WeightsFileError: not such bytes.
    """
    try:
        _metadata(content)
        return dict(_load(content))
    except (SafetensorError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise WeightsFileError(str(error)) from error


def _metadata(content: bytes) -> dict[str, str]:
    if not content:
        raise ValueError("it is empty")
    length = int.from_bytes(content[:8], "little")
    if length > min(len(content), _LARGEST_HEADER):
        raise ValueError("the header is longer than the file")
    found = json.loads(content[8 : 8 + length], object_pairs_hook=_without_doubles).get("__metadata__", {})
    return {str(key): str(value) for key, value in found.items()}


def _without_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("a name appears twice in the header")
    return dict(pairs)
