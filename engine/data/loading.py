"""From an experiment to its dataset."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from engine.config import DataConfig, Experiment
from engine.data.dataset import Dataset
from engine.data.errors import DataError
from engine.data.files.text import read_text
from engine.data.pairs.pairs import read_pairs
from engine.data.pairs.pairs_dataset import PairsDataset
from engine.data.samples import sample
from engine.data.sequences.labelled_text import LabelledTextDataset, read_texts
from engine.data.sequences.sequence_dataset import SequenceDataset
from engine.data.sequences.sequences import read_sequences
from engine.data.series.panel_dataset import PanelDataset
from engine.data.series.panel_forecast_dataset import PanelForecastDataset
from engine.data.series.series import read_series, read_several
from engine.data.series.series_windows import several_steps, windows_over
from engine.data.synthetic.synthetic import generate
from engine.data.texts.text_dataset import TextDataset

FITS = {
    "series": ("one_to_one", "many_to_one", "many_to_many", "encoder_decoder"),
    "text": ("many_to_many",),
    "sequences": ("one_to_one", "many_to_one", "many_to_many"),
    "pairs": ("encoder_decoder", "one_to_many"),
    "labelled_text": ("many_to_one",),
}
_CALLED = {
    "series": "a time series",
    "text": "running text",
    "sequences": "a set of sequences",
    "pairs": "a table of pairs",
    "labelled_text": "texts with a label",
}


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
        return TextDataset(read_text(path, data.encoding, data.sheet), data)
    if data.kind == "labelled_text":
        return LabelledTextDataset(read_texts(path, data), data)
    if data.kind == "sequences":
        return SequenceDataset(read_sequences(path, data, flat=topology == "one_to_one"), data, topology)
    if data.kind == "pairs":
        return PairsDataset(read_pairs(path, data, topology), data, topology)
    if topology == "one_to_one":
        data = replace(data, look_back=1)
    if data.sequence_column:
        several = PanelForecastDataset if several_steps(data, topology) else PanelDataset
        return several(read_several(path, data), data, topology)
    return windows_over(read_series(path, data), data, topology)


def _generator(data: DataConfig) -> str:
    return sample(data.sample).generator if data.sample and not data.file else ""


def check_topology(kind: str, topology: str) -> None:
    """Refuse a topology that a kind of data does not fit.

    Raises:
        DataError: naming those that fit.
    """
    if topology not in FITS[kind]:
        raise DataError(f"{_CALLED[kind]} does not fit model.topology {topology}; choose {' or '.join(FITS[kind])}.")


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
