"""What a network says to windows of a series, all steps ahead, in the series' own units; the same for every strategy.

U steps ahead, B windows, C columns, O targets, K inputs known ahead, W outputs for each target (several quantiles).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from engine.data import Dataset, SeriesPreparation
from engine.data.batches import Ints
from engine.data.scaling import Reals, scaler_each
from engine.data.series.forecast_dataset import ForecastDataset
from engine.data.series.panel_dataset import PanelDataset
from engine.data.series.series_dataset import SeriesDataset
from engine.layers.passes import Output
from engine.losses import Loss
from engine.networks import AnyNetwork
from engine.sequence_to_sequence.free_running import run_free
from engine.sequence_to_sequence.network import SequenceToSequence


@runtime_checkable
class Reader(Protocol):
    """What answers at the end of each window; a network that does not write does."""

    def forward(self, inputs: NDArray[Any]) -> Output:
        """Outputs for windows (T, B, C)."""


def paths(
    network: AnyNetwork, preparation: SeriesPreparation, loss: Loss, windows: Reals, future: Reals | None = None
) -> Reals:
    """Forecasts (U, B, O, W) from `windows` (lead + T, B, C).

    Args:
        network: As trained on data of this preparation.
        preparation: How windows go in; its strategy says how several steps come out.
        loss: What it was trained by: how many outputs there are for a target, and which is fed back.
        windows: What is read, in its own units, without gaps.
        future: (U, B, K) of the inputs known ahead; None where there are none.
    """
    if future is None:
        future = _nothing_ahead(preparation, windows)
    if isinstance(network, SequenceToSequence):
        return _written(network, preparation, loss, windows, future)
    if preparation.strategy == "recursive":
        return _recursive(network, preparation, loss, windows, future)
    return _valued(preparation, loss, _answers(network, preparation, windows), windows)


def dataset_paths(network: AnyNetwork, dataset: Dataset, loss: Loss, part: str, positions: Ints) -> Reals:
    """Forecasts (U, B, O, W) from the windows of a part at `positions`; U is 1 of a data set of single answers.

    The network reads windows of several series at once, each scaled by its own scaler.
    """
    assert isinstance(dataset, SeriesDataset | PanelDataset)
    preparation, windows, future = _read(dataset, part, positions)
    return paths(network, preparation, loss, windows, future)


def scored_paths(
    network: object, dataset: Dataset, loss: Loss, part: str, positions: Ints, outputs: NDArray[Any]
) -> Reals:
    """`dataset_paths` where the network's `outputs` for these windows are known, a decoder's as it heard itself.

    A recursive forecast is more than its first step: the network has to be asked again.
    """
    assert isinstance(dataset, SeriesDataset | PanelDataset)
    preparation, windows, future = _read(dataset, part, positions)
    if preparation.strategy == "encoder_decoder":
        return _heard(preparation, loss, outputs, windows)
    if preparation.strategy == "recursive":
        assert isinstance(network, Reader)
        return _recursive(network, preparation, loss, windows, future)
    return _valued(preparation, loss, outputs, windows)


def _read(dataset: SeriesDataset | PanelDataset, part: str, positions: Ints) -> tuple[SeriesPreparation, Reals, Reals]:
    """How windows go in, the windows themselves, and what is known ahead of each."""
    groups = list(dataset.by_series(part, positions))
    places = [which for _, which, _ in groups]
    windows = _in_place(places, [member.windows(part, own) for member, _, own in groups])
    ahead = [member.future(part, own) for member, _, own in groups if isinstance(member, ForecastDataset)]
    preparation = groups[0][0].preparation
    if len(groups) > 1:
        preparation = replace(
            preparation,
            input_scaler=scaler_each([(which, member.preparation.input_scaler) for member, which, _ in groups]),
            output_scaler=scaler_each([(which, member.preparation.output_scaler) for member, which, _ in groups]),
        )
    return preparation, windows, _in_place(places, ahead) if ahead else _nothing_ahead(preparation, windows)


def _nothing_ahead(preparation: SeriesPreparation, windows: Reals) -> Reals:
    return np.zeros((preparation.steps, windows.shape[1], 0))


def _in_place(places: Sequence[Ints], found: Sequence[Reals]) -> Reals:
    """Arrays (·, b, ·) as one (·, B, ·), each at its places."""
    return np.concatenate(found, axis=1)[:, np.argsort(np.concatenate(places), kind="stable")]


def _answers(network: Reader, preparation: SeriesPreparation, windows: Reals) -> NDArray[Any]:
    """Outputs (B, ·) at the end of each window."""
    outputs = network.forward(preparation.inputs_of(windows)).values
    return outputs[-1] if outputs.ndim == 3 else outputs


def _valued(preparation: SeriesPreparation, loss: Loss, outputs: NDArray[Any], windows: Reals) -> Reals:
    """Outputs (B, U · O · W) in real units (U, B, O, W)."""
    targets = len(preparation.targets)
    shaped = outputs.reshape(len(outputs), -1, targets, loss.width).transpose(1, 0, 2, 3)
    return np.stack([preparation.path_values(shaped[..., k], windows) for k in range(loss.width)], axis=-1)


def _recursive(network: Reader, preparation: SeriesPreparation, loss: Loss, windows: Reals, future: Reals) -> Reals:
    """The next step again and again; what was said moves into the window.

    Inputs known ahead go on as they will; others stay at their last value.
    """
    found, targets = [], len(preparation.targets)
    for known in future:
        step = _valued(preparation, loss, _answers(network, preparation, windows), windows)[0]
        following = windows[-1].copy()
        following[:, :targets] = step[..., loss.middle]
        following[:, preparation.known_columns] = known
        following[:, len(preparation.columns) - len(preparation.marked) :] = 0  # nothing of it is missing
        windows = np.concatenate([windows[1:], following[None]])
        found.append(step)
    return np.stack(found)


def _written(
    network: SequenceToSequence, preparation: SeriesPreparation, loss: Loss, windows: Reals, future: Reals
) -> Reals:
    none = np.zeros((*future.shape[:2], len(preparation.targets)), np.float32)
    told = preparation.told(none, windows, future)
    return _heard(preparation, loss, written_numbers(network, loss, preparation.inputs_of(windows), told), windows)


def _heard(preparation: SeriesPreparation, loss: Loss, outputs: NDArray[Any], windows: Reals) -> Reals:
    """What a decoder wrote (U, B, O · W) in real units (U, B, O, W)."""
    shaped = outputs.reshape(*outputs.shape[:2], len(preparation.targets), loss.width)
    return np.stack([preparation.path_values(shaped[..., k], windows) for k in range(loss.width)], axis=-1)


def written_numbers(network: SequenceToSequence, loss: Loss, inputs: NDArray[Any], told: NDArray[Any]) -> NDArray[Any]:
    """Answers (U, B, O · W) of a decoder that hears what it wrote before; of several quantiles the middle one.

    Of `told`, (U, B, O + K), it hears the first step, and of the others what is known ahead of them.
    """
    return run_free(network, inputs, None, told, measure=loss).values
