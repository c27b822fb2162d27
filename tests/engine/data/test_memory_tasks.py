"""What the generated tasks ask for is what their names say."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from engine.config import DataConfig
from engine.data import DataError, Preparation
from engine.data.batches import Batch
from engine.data.synthetic.memory_dataset import MemoryDataset
from engine.data.synthetic.memory_tasks import TASKS


def made(key: str, length: int = 20, noise: float = 0.0) -> MemoryDataset:
    return MemoryDataset(key, DataConfig(length=length, sequences=64, noise=noise), TASKS[key].topology)


def strings(data: MemoryDataset, batch: Batch) -> list[str]:
    return [
        "".join(data.task.symbols[k] for k in column[:n])
        for column, n in zip(batch.inputs.T, batch.lengths, strict=True)
    ]


def test_ten_symbols_come_back_after_the_pause() -> None:
    data = made("copying", 7)
    batch = next(data.batches("test", 16))
    assert batch.inputs.shape == (27, 16)
    np.testing.assert_array_equal(batch.targets[17:], batch.inputs[:10])
    assert batch.weights.sum(axis=0).tolist() == [10] * 16
    assert (batch.inputs[16] == 9).all()


def test_the_order_of_two_letters_is_the_answer() -> None:
    data = made("temporal_order")
    batch = next(data.batches("train", 32))
    for text, target in zip(strings(data, batch), batch.targets, strict=True):
        assert "".join(letter for letter in text if letter in "XY") == data.classes[target]


def test_each_bit_comes_back_a_fifth_later() -> None:
    batch = next(made("delayed_echo").batches("train", 8))
    np.testing.assert_array_equal(batch.targets[4:], batch.inputs[:-4, :, 0])
    assert batch.weights[:4].sum() == 0


def test_broken_brackets_do_not_match_and_the_others_do() -> None:
    data = made("bracket_matching")
    batch = next(data.batches("test", 64))
    for text, target in zip(strings(data, batch), batch.targets, strict=True):
        before, left = "", text
        while left != before:
            before, left = left, left.replace("()", "").replace("[]", "")
        assert (left == "") == (data.classes[target] == "matched")
        assert len(text) == 20


def test_the_last_letter_but_one_repeats_the_second() -> None:
    data = made("embedded_reber")
    batch = next(data.batches("test", 64))
    assert (np.diff(batch.lengths) <= 0).all()
    for column, text in enumerate(strings(data, batch)):
        length = batch.lengths[column]
        assert batch.weights[:, column].nonzero()[0].tolist() == [length - 2]
        assert data.classes[batch.targets[length - 2, column]] == text[1]
        assert data.classes[batch.targets[length - 1, column]] == "E"
        assert length <= 19


def test_the_word_left_out_is_told_by_the_one_two_further_on_alone() -> None:
    data = made("fill_in")
    batch = next(data.batches("test", 64))
    for column in range(64):
        words = [data.task.symbols[symbol] for symbol in batch.inputs[:, column]]
        (gap,) = batch.weights[:, column].nonzero()[0]
        assert [place for place, word in enumerate(words) if word == "___"] == [gap]
        said = {"weather": "under", "moon": "over", "times": "behind", "fence": "on"}[words[gap + 2]]
        assert data.classes[batch.targets[gap, column]] == said


@pytest.mark.parametrize("key", TASKS)
def test_held_out_sequences_stay_and_training_sequences_do_not(key: str) -> None:
    data = made(key, noise=0.1)
    same = [next(data.batches("test", 8)).inputs.tobytes() for _ in range(2)]
    fresh = [next(data.batches("train", 8, seed=1, epoch=epoch)).inputs.tobytes() for epoch in (0, 1)]
    assert same[0] == same[1]
    assert fresh[0] != fresh[1]
    assert len(data.pinned_labels()) == len(data.pinned().inputs)


@pytest.mark.parametrize("key", TASKS)
def test_the_known_answer_of_forgetting_is_what_chance_gives(key: str) -> None:
    data = made(key)
    shares = np.bincount(data.truth("test").astype(int)) / len(data.truth("test"))
    assert shares.max() == pytest.approx(data.task.chance, abs=0.08)
    assert data.baselines("test") == (("guessing without memory", data.task.chance),)


@pytest.mark.parametrize("key", TASKS)
def test_noise_changes_what_goes_in_and_not_what_is_asked_for(key: str) -> None:
    plain, noisy = made(key), made(key, noise=0.3)
    for one, other in itertools.islice(zip(plain.batches("test", 64), noisy.batches("test", 64), strict=True), 2):
        np.testing.assert_array_equal(one.targets, other.targets)
        assert not np.array_equal(one.inputs, other.inputs)


def test_a_task_says_which_topology_it_has() -> None:
    with pytest.raises(DataError, match="choose many_to_many"):
        MemoryDataset("copying", DataConfig(), "many_to_one")


@pytest.mark.parametrize("key", TASKS)
def test_the_preparation_travels_with_the_weights(key: str) -> None:
    preparation = made(key).preparation
    assert Preparation.from_metadata(preparation.metadata()) == preparation
