"""From an experiment to its dataset."""

from __future__ import annotations

from pathlib import Path

from engine.config import DataConfig, Experiment
from engine.data.dataset import Dataset
from engine.data.errors import DataError
from engine.data.samples import sample
from engine.data.series import read_series
from engine.data.series_dataset import SeriesDataset
from engine.data.synthetic import generate
from engine.data.text import read_text
from engine.data.text_dataset import TextDataset

FITS = {"series": ("many_to_one", "many_to_many"), "text": ("many_to_many",)}


def load(experiment: Experiment) -> Dataset:
    """Read, understand, cut, split and scale what `experiment.data` names.

    Raises:
        DataError: whatever is wrong with the data, or a topology that it does not fit.
    """
    data, topology = experiment.data, experiment.model.topology
    check_topology(data.kind, topology)
    if generator := _generator(data):
        return generate(generator, data, topology)
    path = data_path(data)
    if data.kind == "text":
        return TextDataset(read_text(path), data)
    return SeriesDataset(read_series(path, data), data, topology)


def _generator(data: DataConfig) -> str:
    return sample(data.sample).generator if data.sample and not data.file else ""


def check_topology(kind: str, topology: str) -> None:
    """Refuse a topology that a kind of data does not fit.

    Raises:
        DataError: naming those that fit.
    """
    if topology not in FITS[kind]:
        what = {"series": "a time series", "text": "running text"}[kind]
        raise DataError(f"{what} does not fit model.topology {topology}; choose {' or '.join(FITS[kind])}.")


def data_path(data: DataConfig) -> Path:
    """The file that `data` names; a file goes before a sample.

    Raises:
        DataError: neither is named, or the sample is unknown.
    """
    if data.file:
        return Path(data.file).expanduser()
    if not data.sample:
        raise DataError("no data is chosen; set data.file to a file or data.sample to a sample's name.")
    found = sample(data.sample).path
    if found is None:
        raise DataError(f"the sample {data.sample!r} is generated and has no file.")
    return found
