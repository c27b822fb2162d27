from __future__ import annotations

import numpy as np
import pytest

from engine.data import Dataset
from engine.data.batches import batches_of, generator, orders
from tests.engine.data.making import values, windows_of


def positions(data: Dataset, seed: int, epoch: int) -> list[int]:
    return [int(p) for batch in data.batches("train", 4, seed, epoch) for p in batch.positions]


def test_the_order_comes_from_seed_and_epoch_alone() -> None:
    data = windows_of({"value": values()})
    assert positions(data, 1, 2) == positions(data, 1, 2)
    assert positions(data, 1, 2) != positions(data, 1, 3)
    assert positions(data, 1, 2) != positions(data, 2, 2)
    assert sorted(positions(data, 1, 2)) == list(range(data.count("train")))


def test_this_order_stays_as_it_is() -> None:
    assert generator(7, 3).permutation(8).tolist() == [3, 6, 0, 7, 5, 2, 4, 1]


def test_two_epochs_share_no_random_numbers() -> None:
    first, second = generator(1, 0).random(1000), generator(1, 1).random(1000)
    assert not np.isin(first, second).any()


@pytest.mark.parametrize("part", ["validation", "test"])
def test_held_out_parts_come_in_order(part: str) -> None:
    data = windows_of({"value": values()})
    order = [int(p) for batch in data.batches(part, 4, seed=9, epoch=9) for p in batch.positions]
    assert order == list(range(data.count(part)))


@pytest.mark.parametrize(("count", "size"), [(0, 3), (1, 3), (3, 3), (7, 3), (9, 100)])
def test_every_position_comes_once_and_the_count_is_told_before(count: int, size: int) -> None:
    found = list(orders(count, size, seed=5))
    assert len(found) == batches_of(count, size)
    assert sorted(p for batch in found for p in batch.tolist()) == list(range(count))
    assert all(len(batch) <= size for batch in found)


def test_batch_count_agrees_with_batches() -> None:
    data = windows_of({"value": values()}, stride=3)
    for part in ("train", "validation", "test"):
        assert data.batch_count(part, 4) == len(list(data.batches(part, 4)))
