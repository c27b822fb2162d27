"""Small networks on real data for the tests of the exporters."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine import data
from engine.config import DataConfig, Experiment, ModelConfig
from engine.data import Dataset
from engine.export.given import Given, given_to
from engine.export.particulars import Exportable
from engine.export.targets import c_header
from engine.losses import configured
from engine.model import Model
from engine.networks import make_network

_RUNTIMES = {"onnx": "onnxruntime", "pytorch": "torch"}  # without which a form is written, but not run

AIRLINE = {
    "data.sample": "airline_passengers",
    "data.time_column": "Date",
    "data.targets": ["Passengers"],
    "data.look_back": 9,
    "data.transform": "log_difference",
    "model.topology": "many_to_one",
}
SEATTLE = {
    "data.sample": "seattle_weather",
    "data.time_column": "date",
    "data.targets": ["temp_max", "temp_min"],
    "data.inputs": ["wind", "precipitation"],
    "data.look_back": 6,
    "data.horizon": 2,
    "data.transform": "difference",
    "data.test": 60,
    "model.topology": "many_to_many",
}
TEXT = {
    "data.sample": "alice",
    "data.kind": "text",
    "data.sequence_length": 12,
    "data.test": 2000,
    "model.topology": "many_to_many",
    "model.embedding_size": 5,
}
WORDS = {**TEXT, "data.tokens": "words", "data.minimum_count": 3}
BYTES = {**TEXT, "data.tokens": "bytes"}
ADDING = {"data.sample": "adding", "data.length": 12, "data.sequences": 20, "model.topology": "many_to_one"}
QUANTILES = {**SEATTLE, "training.loss": "quantile"}
DIGITS = {"data.sample": "handwritten_digits_by_rows", "model.bidirectional": False}
VOWELS = {"data.sample": "japanese_vowels"}  # a column names the sequence
GAIT = {"data.sample": "freezing_of_gait"}  # one recording, a value at every step
ONE_STEP = {"data.sample": "seattle_weather_type"}
REVIEWS = {"data.sample": "product_reviews", "model.embedding_size": 5}
RATED = {**REVIEWS, "data.label": "mean_rating", "data.answer": "value"}
BRACKETS = {"data.sample": "bracket_matching", "data.length": 12, "data.sequences": 20, "model.embedding_size": 5}
SIX_AHEAD = {**AIRLINE, "data.steps": 6, "data.strategy": "direct"}
TWO_AHEAD = {**SEATTLE, "data.horizon": 1, "data.steps": 2, "data.strategy": "direct", "model.topology": "many_to_one"}
FED_BACK = {**AIRLINE, "data.steps": 6, "data.strategy": "recursive"}
SEASONAL = {**AIRLINE, "data.seasonal_difference": True}
SEASONAL_BY_STEP = {**SEATTLE, "data.horizon": 5, "data.seasonal_difference": True, "data.season": 3}
SEASONAL_AHEAD = {**TWO_AHEAD, "data.steps": 5, "data.seasonal_difference": True, "data.season": 3}
SEASONAL_FED_BACK = {**FED_BACK, "data.seasonal_difference": True, "data.season": 4, "data.transform": "log"}
ONE_ROW = {**AIRLINE, "model.topology": "one_to_one", "data.look_back": 1}
DATES = {"data.sample": "dates", "model.embedding_size": 5}
PHRASES = {"data.sample": "number_words", "model.embedding_size": 5, "model.attention": "additive"}  # by words
CAPTIONS = {"data.sample": "handwritten_digits", "model.embedding_size": 5}
TUNES = {"data.sample": "bach_chorales", "model.embedding_size": 5}  # categories, beside the input of every step
CO2 = {"data.sample": "mauna_loa_co2", "data.look_back": 20, "data.steps": 8}
KNOWN_AHEAD = {
    **SEATTLE,
    "data.horizon": 1,
    "data.steps": 5,
    "data.known_inputs": ["precipitation"],
    "data.transform": "none",
    "training.loss": "quantile",
    "model.topology": "encoder_decoder",
}
SEASONAL_CO2 = {**CO2, "data.seasonal_difference": True, "data.season": 6}
SEASONAL_WRITTEN = {**KNOWN_AHEAD, "data.seasonal_difference": True, "data.season": 3}
WRITERS: dict[str, dict[str, Any]] = {
    "dates": DATES,
    "phrases": PHRASES,
    "captions": CAPTIONS,
    "tunes": TUNES,
    "co2": CO2,
    "known_ahead": KNOWN_AHEAD,
    "seasonal_co2": SEASONAL_CO2,
    "seasonal_written": SEASONAL_WRITTEN,
}
KINDS: dict[str, dict[str, Any]] = {
    "airline": AIRLINE,
    "seattle": SEATTLE,
    "text": TEXT,
    "words": WORDS,
    "bytes": BYTES,
    "adding": ADDING,
    "quantiles": QUANTILES,
    "one_row": ONE_ROW,
    "six_ahead": SIX_AHEAD,
    "two_ahead": TWO_AHEAD,
    "fed_back": FED_BACK,
    "seasonal": SEASONAL,
    "seasonal_by_step": SEASONAL_BY_STEP,
    "seasonal_ahead": SEASONAL_AHEAD,
    "seasonal_fed_back": SEASONAL_FED_BACK,
    "digits": DIGITS,
    "vowels": VOWELS,
    "gait": GAIT,
    "one_step": ONE_STEP,
    "reviews": REVIEWS,
    "rated": RATED,
}
GENERATED: dict[str, dict[str, Any]] = {"brackets": BRACKETS}  # which does not leave in every form


def loaded(experiment: Experiment) -> Dataset:
    """The data of `experiment`, read once for all networks on them while their file stays the same."""
    path = Path(experiment.data.file)
    found = path.stat() if experiment.data.file and path.exists() else None
    state = (found.st_mtime_ns, found.st_size) if found else None
    return _loaded(experiment.data, experiment.model.topology, state)


@cache
def _loaded(settings: DataConfig, topology: str, _state: tuple[int, int] | None) -> Dataset:
    return data.load(Experiment(data=settings, model=ModelConfig(topology=topology)))


@cache
def given(kind: str) -> Given:
    """What goes into every network on the data of `kind`."""
    return given_to(exportable(kind).model)


def _experiment(kind: str) -> Experiment:
    """That of the sample for what has no settings of its own here."""
    own = (KINDS | WRITERS | GENERATED)[kind]
    begin = data.sample(own["data.sample"]).experiment if "model.topology" not in own else Experiment()
    return begin.replace(own)


def exportable(kind: str = "airline", **model: Any) -> Exportable:
    """A network on the data of `kind` with parameters large enough for every part of it to count."""
    changes = {f"model.{name}": value for name, value in model.items()}
    experiment = _experiment(kind).replace({"model.hidden_size": 6, **changes})
    dataset = loaded(experiment)
    width = configured(experiment.training).width
    network = make_network(experiment.model, dataset, width=width, seed=1, threads=1)
    random = np.random.default_rng(2)
    network.load_state_dict(
        {name: values + random.uniform(-0.4, 0.4, values.shape) for name, values in network.state_dict().items()}
    )
    return Exportable(Model(experiment, network, dataset.metadata()))


def skip_unless_run(key: str) -> None:
    """Skip the test where nothing is here that runs this form of export."""
    if key in _RUNTIMES and importlib.util.find_spec(_RUNTIMES[key]) is None:
        pytest.skip(f"{_RUNTIMES[key]} is not here")
    if key == "c_header" and not c_header.compiler():
        pytest.skip("no C compiler is here")
