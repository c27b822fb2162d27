"""Keras: a small readable script that builds the model, beside its weights in Keras' own layout (NPZ).

Where Keras is not installed, the weights are checked by the equations of its documentation.
"""

from __future__ import annotations

import importlib
import runpy
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data import Preparation, SeriesPreparation
from engine.data.texts.vocabulary import START
from engine.export import keras_source, keras_writing
from engine.export.beside import read_arrays, read_particulars, write_arrays, write_particulars
from engine.export.description import describe
from engine.export.held_out import HeldOut, Texts, read_by, real_units
from engine.export.keras_equations import keras_answers, keras_written
from engine.export.keras_layers import lacking, layer_of
from engine.export.keras_loops import write_numbers, write_tokens
from engine.export.particulars import Exportable
from engine.export.targets._target import Answers, Fit, Target
from engine.export.writing_description import WritingDescription, describe_writing, writes
from engine.model import Model
from engine.storage.atomic import write_atomically


def fit(model: Model) -> Fit:
    """Stacks of SimpleRNN, LSTM or GRU layers, with functions that Keras has under the same definition."""
    if writes(model.network):
        return _fit_writing(describe_writing(model.network))
    network = describe(model.network)
    found = lacking(network)
    if found:
        return Fit(False, found)
    return Fit(
        True, f"Exact. Keras' own layer {layer_of(network)} computes it; kernels transposed, gates in its order."
    )


def _fit_writing(network: WritingDescription) -> Fit:
    found = lacking(network.encoder or network.decoder)
    own = layer_of(network.decoder)
    return Fit(False, found) if found else Fit(True, f"Exact. Keras' own layer {own} reads and writes.")


def write(source: Exportable, path: Path) -> tuple[Path, ...]:
    """Write the script, the weights and the JSON.

    Raises:
        OSError: the folder cannot be written.
    """
    if writes(source.model.network):
        written = describe_writing(source.model.network)
        text = keras_writing.script(source, written, path.stem)
        about, weights = keras_writing.describe_model(written), keras_writing.model_weights(written)
    else:
        network = describe(source.model.network)
        text = keras_source.script(source, network, path.stem)
        about, weights = keras_source.describe_model(network), keras_source.model_weights(network)
    made = write_arrays(weights, path), write_particulars(source, path, {"keras": about})
    write_atomically(path, text.encode())
    return path, *made


@cache
def keras_here() -> Any:
    """Keras; in words why there is none."""
    try:
        return importlib.import_module("keras")
    except ImportError as error:
        if error.name == "keras":
            return "Keras is not installed here"
        return f"Keras does not start here: {error}; the variable KERAS_BACKEND chooses another backend"


def runner() -> str:
    """Keras, or what stands in for it."""
    keras = keras_here()
    if isinstance(keras, str):
        return f"NumPy {np.__version__}, by Keras' documented equations ({keras}),"
    return f"Keras {keras.__version__} on {keras.backend.backend()}"


def run(path: Path, data: HeldOut) -> Answers:
    """What the model answers; without Keras, what the equations make of its weights."""
    particulars = read_particulars(path)
    preparation = data.given.prepared_by(Preparation.from_metadata(particulars["data"]))
    if data.given.told is not None:
        return _written(path, particulars, preparation, data)
    inputs = data.inputs
    if data.rows is not None and isinstance(preparation, SeriesPreparation):
        inputs = preparation.inputs_of(data.rows)
    x = inputs.swapaxes(0, 1)
    if isinstance(keras_here(), str):
        scaled = _by_step(keras_answers(particulars["keras"], read_arrays(path), x))
        told = particulars["network"]
        return Answers(scaled, real_units(preparation, data.rows, scaled[..., told["middle"] :: told["width"]]))
    names = runpy.run_path(str(path))
    model = names["load"]()
    # Under PyTorch's backend a tensor that is trained on does not become an array by itself.
    scaled = _by_step(np.asarray(keras_here().ops.convert_to_numpy(model(x))))
    if data.rows is None:
        return Answers(scaled)
    real = names["predict"](model, data.rows.swapaxes(0, 1), series=data.series)
    return Answers(scaled, _by_step(real))


def _by_step(found: NDArray[Any]) -> NDArray[Any]:
    """Answers (T, B, ·) of (B, T, ·)."""
    return found.swapaxes(0, 1) if found.ndim == 3 else found


def _written(path: Path, particulars: Mapping[str, Any], preparation: Preparation, data: HeldOut) -> Answers:
    """Scores where what came before is told, and texts; of a series what the model goes on from itself."""
    series = isinstance(preparation, SeriesPreparation)
    given = read_by(preparation, data.given) if isinstance(preparation, SeriesPreparation) else data.given
    assert given.told is not None
    x = given.inputs[0] if particulars["keras"]["encoder"] is None else given.inputs.swapaxes(0, 1)
    before, answer = given.told.swapaxes(0, 1), _asked(path, particulars)
    if not series:
        return Answers(answer(x, before).swapaxes(0, 1), tokens=_tokens(answer, x, data.texts))
    point = particulars["network"]
    scaled = write_numbers(answer, x, before, point["middle"], point["width"]).swapaxes(0, 1)
    return Answers(scaled, real_units(preparation, data.rows, scaled[..., point["middle"] :: point["width"]]))


def _asked(path: Path, particulars: Mapping[str, Any]) -> Any:
    """The model as `keras_loops` asks it."""
    if isinstance(keras_here(), str):
        return partial(keras_written, particulars["keras"], read_arrays(path))
    names = runpy.run_path(str(path))
    return names["answers_of"](names["load"]())


def _tokens(answer: Any, x: NDArray[Any], texts: Texts | None) -> NDArray[Any] | None:
    """What the model writes, (limit, B), up to where it parts from the engine's texts.

    So far it is told just what it wrote itself, thus all steps can be asked for at once instead of once each.
    """
    if texts is None:
        return None
    begun = np.full_like(texts.tokens[:1], START)
    scores = answer(x, np.concatenate([begun, texts.tokens[:-1]]).swapaxes(0, 1))
    return np.asarray(write_tokens(lambda *_: scores, x, len(texts.tokens)).swapaxes(0, 1))


_WRITING = """\
{module}
texts = model.predict(model.load(), ["{example}"])"""
TARGET = Target(
    key="keras",
    title="Keras model",
    order=4,
    suffix=".py",
    beside=(".npz", ".json"),
    summary="A readable script that builds the model, and the weights beside it in Keras' layout.",
    fit=fit,
    write=write,
    runner=runner,
    run=run,
    usage={
        "pairs": _WRITING,
        "vector": _WRITING,
        "decoder": """\
{module}
# rows: (windows, steps, columns) as in the table; future: (windows, steps ahead, columns known ahead)
forecasts = model.predict(model.load(), rows, future{series})""",
        "series": """\
{module}
# rows: (windows, steps, columns) as in the table; which columns, see `predict` there
forecasts = model.predict(model.load(), rows{series})""",
        "sequences": """\
{module}
# steps: (sequences, steps, numbers) in their own units; which numbers, see `predict` there
answers = model.predict(model.load(), steps)""",
        "labelled_text": """\
{module}
answers = model.predict(model.load(), ["{example}"])""",
        "": """\
{module}
# x: scaled (sequences, steps, numbers), or tokens (sequences, steps)
answers = model.load().predict(x)""",
    },
)
