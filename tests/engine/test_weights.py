import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import load

from engine.storage.weights import WeightsFileError, encode, read_weights, write_weights

WEIGHTS: dict[str, NDArray[np.floating]] = {
    "b": np.arange(6, dtype=np.float32).reshape(2, 3),
    "a": np.array([1.5], np.float64),
}
METADATA = {"z": "1", "a": "déjà vu"}


def test_the_library_reads_what_is_written() -> None:
    found = load(encode(WEIGHTS, METADATA))
    assert found.keys() == WEIGHTS.keys()
    for name, tensor in WEIGHTS.items():
        assert found[name].dtype == tensor.dtype
        np.testing.assert_array_equal(found[name], tensor)


def test_round_trip(tmp_path: Path) -> None:
    write_weights(tmp_path / "w.safetensors", WEIGHTS, METADATA)
    weights, metadata = read_weights(tmp_path / "w.safetensors")
    assert metadata == METADATA
    np.testing.assert_array_equal(weights["b"], WEIGHTS["b"])


def test_the_order_of_the_metadata_does_not_change_the_file() -> None:
    assert encode(WEIGHTS, METADATA) == encode(WEIGHTS, dict(reversed(METADATA.items())))


def _file(header: object, data: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 7,
        b"PK\3\4" + b"\0" * 100,
        (2**63).to_bytes(8, "little") + b"{}",
        _file(b"not json"),
        _file(b"[]"),
        _file({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}}, b"\0" * 4),
        _file({"a": {"dtype": "I64", "shape": [1], "data_offsets": [0, 8]}}, b"\0" * 8),
        _file(b'{"__metadata__":{"a":"1"},"__metadata__":{"a":"2"}}'),
        encode({"a": np.array([np.nan], np.float32)}, {}),
        encode(WEIGHTS, METADATA)[:-1],
    ],
)
def test_other_bytes_are_refused_in_one_clear_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "w.safetensors").write_bytes(content)
    with pytest.raises(WeightsFileError, match=r"w\.safetensors"):
        read_weights(tmp_path / "w.safetensors")
