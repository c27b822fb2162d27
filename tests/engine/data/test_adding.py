from __future__ import annotations

import re

import numpy as np
import pytest

from engine.config import DataConfig, Experiment
from engine.data import DataError, load, sample
from engine.data.synthetic.adding import AddingDataset
from engine.data.synthetic.synthetic import generate, noisy_sine


def adding(**data: int) -> AddingDataset:
    return AddingDataset(DataConfig(**({"length": 20, "sequences": 100} | data)))  # type: ignore[arg-type]


def test_two_numbers_are_marked_one_in_each_half_and_summed() -> None:
    batch = next(adding().batches("train", 100))
    numbers, marks = batch.inputs[..., 0], batch.inputs[..., 1]
    assert ((numbers >= 0) & (numbers < 1)).all()
    assert (marks[:10].sum(axis=0) == 1).all()
    assert (marks[10:].sum(axis=0) == 1).all()
    np.testing.assert_allclose(batch.targets[:, 0], (numbers * marks).sum(axis=0), rtol=1e-6)


def test_training_sequences_are_new_every_epoch_and_the_same_again() -> None:
    def first(seed: int, epoch: int) -> bytes:
        return next(adding().batches("train", 8, seed, epoch)).inputs.tobytes()

    assert first(1, 1) == first(1, 1)
    assert len({first(1, 1), first(1, 2), first(2, 1)}) == 3


def test_held_out_sequences_do_not_depend_on_the_seed() -> None:
    a, b = (next(adding().batches("test", 8, seed)).inputs for seed in (1, 2))
    np.testing.assert_array_equal(a, b)


def test_saying_1_reaches_one_sixth() -> None:
    data = load(sample("adding").experiment)
    assert dict(data.baselines("test"))["constant 1"] == pytest.approx(1 / 6, abs=0.015)
    outputs = np.ones((data.count("test"), 1), np.float32)
    assert dict(data.score("test", outputs))["MSE"] == pytest.approx(dict(data.baselines("test"))["constant 1"])


def test_one_answer_only() -> None:
    chosen = Experiment().replace({"data.sample": "adding", "model.topology": "many_to_many"})
    with pytest.raises(DataError, match="choose many_to_one"):
        load(chosen)


def test_the_sine_is_always_the_same_and_as_noisy_as_asked() -> None:
    np.testing.assert_array_equal(noisy_sine(200, 0.3).values, noisy_sine(200, 0.3).values)
    noise = noisy_sine(5000, 0.3).values - noisy_sine(5000, 0.0).values
    assert noise.std() == pytest.approx(0.3, abs=0.02)


def test_an_unknown_generator_is_named() -> None:
    with pytest.raises(DataError, match="did you mean 'adding'"):
        generate("ading", DataConfig(), "many_to_one")


@pytest.mark.parametrize("noise", [0.0, 0.1, 0.5])
def test_what_forgets_the_wave_is_off_by_what_is_said(noise: float) -> None:
    series = noisy_sine(40_000, noise)
    known = np.stack([series.values[:-1, 0], np.ones(39_999)], axis=1)
    following = series.values[1:, 0]
    line = np.linalg.lstsq(known, following, rcond=None)[0]
    off = np.sqrt(np.square(known @ line - following).mean())
    told = re.search(r"remembers nothing is off by ([\d.]+) one step ahead", " ".join(series.notes))
    assert told is not None
    assert float(told[1]) == pytest.approx(off, abs=0.01)
