"""Snapshots and histories as a real run leaves them, made of formulas: the same numbers every time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.cells import specification
from engine.events import Probe, RunStarted, Snapshot
from engine.inside_records import (
    BatchActivations,
    BatchSlot,
    ClassPaths,
    Contributions,
    Floats,
    GradientByTime,
    GradientNorms,
    HiddenTrace,
    Influence,
    LayerShape,
    LayerTrace,
    ParameterPicture,
    PreActivations,
    Reading,
    SlotTrace,
    Spectrum,
    Structure,
    Weights,
)
from engine.prediction_records import (
    ClassPrediction,
    PairsPrediction,
    SeriesPrediction,
    TagTrack,
    TextPrediction,
    ValuePrediction,
)
from workbench.runs.history import History

STEPS_PER_EPOCH = 20
STARTED = RunStarted(
    4513, STEPS_PER_EPOCH, 50, "RMSE", (("naive", 33.7), ("seasonal naive", 41.9), ("drift", 34.1)), ""
)


def history(steps: int = 1000, seed: int = 0) -> History:
    """A loss that falls and jitters, and a validation loss that turns upward at about two thirds of the run."""
    random, made = np.random.default_rng(seed), History()
    step = np.arange(1.0, steps + 1)
    loss = 0.9 * np.exp(-step / (0.12 * steps)) + 0.02
    made.extend("loss", step, loss * np.exp(0.25 * random.standard_normal(steps)))
    made.extend("gradient_norm", step, np.sqrt(loss) * np.exp(0.4 * random.standard_normal(steps)))
    for end in range(STEPS_PER_EPOCH, steps + 1, STEPS_PER_EPOCH):
        overfit = 0.03 * max(0.0, end / steps - 0.65) ** 2
        made.extend("training_loss", [end], [float(loss[end - STEPS_PER_EPOCH : end].mean())])
        made.extend("validation_loss", [end], [float(1.2 * loss[end - 1] + 0.01 + overfit)])
        made.extend("metric", [end], [float(260 * np.sqrt(1.2 * loss[end - 1] + 0.01 + overfit))])
    return made


def months(count: int, year: int = 1957) -> tuple[str, ...]:
    """Dates as a monthly series has them."""
    return tuple(f"{year + i // 12}-{i % 12 + 1:02d}" for i in range(count))


def trace(
    *, steps: int = 24, units: int = 32, layers: int = 1, reverse: bool = False, gates: bool = True, cell: bool = True
) -> HiddenTrace:
    """Units that swing with the season at their own pace, amplitude and phase."""
    made = [
        _layer(layer, bool(direction), steps, units, gates, cell)
        for layer in range(layers)
        for direction in range(1 + reverse)
    ]
    return HiddenTrace(tuple(made), months(steps))


def _layer(layer: int, reverse: bool, steps: int, units: int, gates: bool, cell: bool) -> LayerTrace:
    random = np.random.default_rng([layer, reverse])
    time = np.arange(steps)[:, None] if not reverse else np.arange(steps)[::-1, None]
    pace, phase, size = random.uniform(0.1, 1.2, units), random.uniform(0, 6.3, units), random.gamma(2.0, 0.7, units)
    swing = size * np.sin(pace * time + phase) * (1 - np.exp(-(time + 1) / 4))
    names = ("input", "forget", "candidate", "output") if gates else ()
    shifts = {"input": 0.3, "forget": 2.0, "candidate": 0.0, "output": -0.4}
    values = tuple(
        (name, _gate(name, 2 * np.sin(pace * time + phase + i) + shifts[name])) for i, name in enumerate(names)
    )
    return LayerTrace(layer, reverse, _f32(np.tanh(swing)), _f32(1.8 * swing) if cell else None, values)


def _gate(name: str, before: NDArray[np.float64]) -> Floats:
    return _f32(np.tanh(before) if name == "candidate" else 1 / (1 + np.exp(-before)))


def gradient_by_time(steps: int = 24, layers: int = 2, half_life: float = 3.0, reverse: bool = False) -> GradientByTime:
    """Norms that halve every `half_life` steps away from the answer, in deeper layers a little faster."""
    back = np.arange(steps)[::-1]
    names, rows, lives = [], [], []
    for layer in range(layers):
        for direction in range(1 + reverse):
            life = half_life * (1 + 0.4 * layer)
            names.append(f"layer {layer + 1}" + (" reverse" if direction else ""))
            rows.append(0.4 * 0.5 ** ((back[::-1] if direction else back) / life))
            lives.append(life)
    return GradientByTime(tuple(names), _f32(np.array(rows)), tuple(lives))


def gradient_norms(layers: int = 2, reverse: bool = False) -> GradientNorms:
    """Norms over three decades, shortened to a third by clipping; one parameter hardly moves."""
    sides = ("", "_reverse") if reverse else ("",)
    parts = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    names = [f"rnn.{part}_l{layer}{side}" for layer in range(layers) for side in sides for part in parts]
    names += ["readout.weight", "readout.bias"]
    before = np.geomspace(2.0, 0.004, len(names))
    ratio = np.geomspace(5e-2, 2e-5, len(names))
    return GradientNorms(
        tuple(names), _f32(before), _f32(before / 3), _f32(ratio), float(np.hypot.reduce(before)), 1.0, 0.23
    )


_WIDTHS = ((0.8, 0.06), (0.95, 0.1))  # levels of intervals, and how wide they are


def series_prediction(points: int = 48) -> SeriesPrediction:
    """A season on a trend; the forecast is a little late and a little low."""
    time = np.arange(points)
    truth = 330 + 2.6 * time + 55 * np.sin(2 * np.pi * time / 12) + 12 * np.cos(2 * np.pi * time / 6)
    forecast = 0.94 * truth + 18 + 9 * np.sin(2 * np.pi * (time - 1) / 12)
    naive = np.concatenate(([truth[0] - 12], truth[:-1]))
    seasonal = np.concatenate((truth[:12] - 31, truth[:-12]))
    baselines = (("naive", _f32(naive)), ("seasonal naive", _f32(seasonal)))
    errors = tuple((name, _rmse(values, truth)) for name, values in baselines)
    return SeriesPrediction(
        "validation",
        "Passengers",
        months(points),
        _f32(truth),
        _f32(forecast),
        baselines,
        _rmse(forecast, truth),
        errors,
        tuple((level, _f32(forecast * (1 - wide)), _f32(forecast * (1 + wide))) for level, wide in _WIDTHS),
    )


TEXT = TextPrediction(
    "Alice was beginning to get very tired of",
    (
        (
            0.8,
            " the world the Queen, and the sat down\nto the March Hare was <so> grown & the Gryphon, `what?'",
        ),
    ),
)


def pre_activations(steps: int = 24, units: int = 32) -> PreActivations:
    """Sums of an LSTM's gates, of which some are far out."""
    random = np.random.default_rng(7)
    functions = {"input": "sigmoid", "forget": "sigmoid", "candidate": "tanh", "output": "sigmoid"}
    slots = tuple(
        SlotTrace(0, False, name, function, _f32(random.normal(number - 1, 1 + number, (steps, units))))
        for number, (name, function) in enumerate(functions.items())
    )
    return PreActivations(slots, months(steps))


def batch_activations(pinned: PreActivations | None = None, step: int = 1000, sequences: int = 16) -> BatchActivations:
    """A batch of `sequences` that are all like the pinned one."""
    made = pinned or pre_activations()
    slots = tuple(
        BatchSlot(trace.layer, trace.reverse, trace.name, trace.function, np.sort(trace.before, axis=None))
        for trace in made.slots
    )
    places = sequences * len(made.slots[0].before)
    return BatchActivations(slots, step, places, places)


def weights(units: int = 32, spread: float = 0.2) -> Weights:
    """Two matrices of an LSTM and a bias, normally distributed."""
    random = np.random.default_rng(8)
    blocks = ("input", "forget", "candidate", "output")
    shapes = {
        "rnn.weight_ih_l0": (4 * units, 3),
        "rnn.weight_hh_l0": (4 * units, units),
        "rnn.bias_ih_l0": (4 * units,),
    }
    made = [(name, shape, random.normal(0, spread, shape)) for name, shape in shapes.items()]
    return Weights(
        tuple(
            ParameterPicture(
                name, shape, _f32(values.reshape(len(values), -1)), (1, 1), blocks,
                _f32(np.quantile(values, np.linspace(0, 1, 65))),
            )
            for name, shape, values in made
        )
    )  # fmt: skip


def spectrum(radius: float = 1.1, units: int = 16) -> Spectrum:
    """Eigenvalues on a spiral."""
    angle = np.linspace(0, 2 * np.pi, units, endpoint=False)
    values = radius * np.linspace(1, 0.1, units) * np.exp(1j * angle)
    names = ("layer 1 · input", "layer 1 · forget", "layer 1 · candidate", "layer 1 · output")
    return Spectrum(names, names[2], values.astype(np.complex64), units, True)


def contributions(steps: int = 24) -> Contributions:
    """Shares that grow towards the answer, some of them against the rest."""
    time = np.arange(steps, dtype=np.float64)
    shares = 0.8 ** (steps - 1 - time) * np.cos(0.7 * (steps - 1 - time))
    names = ("rnn.weight_ih_l0", "rnn.bias_ih_l0", "rnn.weight_hh_l0", "rnn.bias_hh_l0")
    return Contributions(names, names[2], None, (128, 32), shares, float(shares.sum()))


def structure(layers: int = 1, reverse: bool = False, units: int = 32, topology: str = "many_to_one") -> Structure:
    """The LSTM that the other numbers are of."""
    spec = specification("lstm")
    directions = 1 + reverse
    made = [
        LayerShape(layer, bool(side), directions * units if layer else 3, units, residual=False)
        for layer in range(layers)
        for side in range(directions)
    ]
    return Structure(
        spec.title, spec.paper, tuple((e.latex, e.meaning) for e in spec.equations),
        tuple((g.name, g.symbol) for g in spec.gates), spec.blocks, spec.states, ("sigmoid", "tanh"), topology,
        tuple(made), 3, 1, 0, False, (("rnn.weight_ih_l0", (4 * units, 3)), ("rnn.weight_hh_l0", (4 * units, units)),
        ("readout.weight", (1, directions * units))),
    )  # fmt: skip


def reading(steps: int = 24, asked: int | None = None) -> Reading:
    """A text with guesses that get surer, and influences that fade with distance."""
    letters = tuple(("Alice was beginning to get very tired of sitting by her sister " * 9)[: steps + 1])
    guesses = tuple((letters[step + 1], *(letter for letter in "aeotn" if letter != letters[step + 1]))[:5]
                    for step in range(steps))  # fmt: skip
    first = np.linspace(0.2, 0.8, steps)[:, None]
    chances = np.concatenate([first, (1 - first) * np.array([0.4, 0.3, 0.2, 0.1])], axis=1)
    influence = None
    if asked is not None:
        past = np.arange(steps) <= asked
        influence = Influence(asked, guesses[asked][0], _f32(past * 0.7 ** np.abs(asked - np.arange(steps))))
    return Reading(letters[:-1], letters[1:], guesses, _f32(chances), trace(steps=steps).layers, influence)


def class_prediction(*, tagged: bool = False) -> ClassPrediction:
    """Two kinds of weather, told apart eight times of ten."""
    track = TagTrack(
        ("1: 1", "1: 2", "1: 3", "1: 4"),
        np.array([0, 0, -1, 1], np.int16),
        np.array([0, 1, 1, 1], np.int16),
        _f32([0.9, 0.5, 0.6, 0.8]),
    )
    return ClassPrediction(
        "validation",
        "weather",
        ("rain", "sun"),
        np.array([[8, 2], [2, 8]]),
        (("accuracy", 0.8), ("macro F1", 0.79)),
        (("majority class", 0.5), ("logistic regression", 0.7)),
        track if tagged else None,
    )


def snapshot(*probes: Probe, step: int = 1000) -> Snapshot:
    """A snapshot of these probes."""
    names = {
        HiddenTrace: "hidden",
        GradientNorms: "gradient_norms",
        GradientByTime: "gradient_by_time",
        SeriesPrediction: "prediction",
        ValuePrediction: "prediction",
        TextPrediction: "prediction",
        PreActivations: "pre_activations",
        BatchActivations: "batch_activations",
        Weights: "weights",
        Spectrum: "spectrum",
        Contributions: "contributions",
        Structure: "structure",
        Reading: "reading",
        ClassPaths: "class_paths",
        ClassPrediction: "prediction",
        PairsPrediction: "prediction",
    }
    return Snapshot(step, step // STEPS_PER_EPOCH, 1, tuple((names[type(probe)], probe) for probe in probes))


def full_snapshot(step: int = 1000) -> Snapshot:
    """A snapshot of everything there is to measure of a series."""
    inside = (pre_activations(), weights(), spectrum(), structure(), reading())
    batch = (gradient_norms(), gradient_by_time(), contributions(), batch_activations(step=step))
    return snapshot(trace(), series_prediction(), *inside, *batch, step=step)


def _f32(values: object) -> Floats:
    return np.asarray(values, np.float32)


def _rmse(values: Floats, truth: Floats) -> float:
    return float(np.sqrt(np.mean((values - truth) ** 2)))
