"""From rows of a series to scaled windows, and from answers back to the series' own units."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data.batches import Floats
from engine.data.errors import DataError
from engine.data.frequency import Frequency
from engine.data.preparation import Preparation
from engine.data.scaling import Reals, Scaler, Transform
from engine.data.series.gaps import fill, leading_gap, with_marks
from engine.wording.counting import counted


@dataclass(frozen=True, slots=True)
class SeriesPreparation(Preparation):
    """Windows of a series, scaled. C columns: the O targets' own past first, then the further inputs."""

    targets: tuple[str, ...]
    inputs: tuple[str, ...]
    time_column: str
    look_back: int
    horizon: int
    topology: str
    transform: Transform
    missing: str
    season: int
    input_scaler: Scaler  # (C,)
    output_scaler: Scaler  # (O,)
    frequency: Frequency | None
    sequence_column: tuple[str, ...] = ()  # that name the series, where there are several
    scalers: tuple[tuple[str, Scaler, Scaler], ...] = ()  # of inputs and answers, by series that have their own
    marked: tuple[str, ...] = ()  # columns with a further input each, 1 where a value was missing
    steps: int = 1
    strategy: str = "single"  # one answer at the horizon; or "recursive", "direct", "encoder_decoder" for all steps
    known: tuple[str, ...] = ()  # those of the inputs whose future is known
    led: int = 0  # rows before their own that these are read; `Series.led_by` moves them
    kind = "series"

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the C columns that go in: targets, further inputs, and which of them were missing."""
        ahead = f" {self.led:,} ahead" if self.led else ""
        inputs = (f"{name}{ahead}" if name in self.known else name for name in self.inputs)
        return (*self.targets, *inputs, *(f"{name} was missing" for name in self.marked))

    def of_series(self, name: str) -> SeriesPreparation:
        """That of one of several series.

        Raises:
            DataError: each has scalers of its own, and this one was not trained on.
        """
        if not self.scalers:
            return replace(self, sequence_column=())
        own = next((some for some in self.scalers if some[0] == name), None)
        if own is None:
            raise DataError(
                f"the network was not trained on the series {name!r}, and each series has a scaler of its own; leave "
                "it out, or train with data.scaled_by=all."
            )
        return replace(self, sequence_column=(), scalers=(), input_scaler=own[1], output_scaler=own[2])

    def with_marks(self, values: Reals) -> Reals:
        """Rows of targets and inputs as they were read, with NaN, and all C columns of them."""
        named = (*self.targets, *self.inputs)
        return with_marks(values, np.array([named.index(name) for name in self.marked], np.int64))

    @property
    def lead(self) -> int:
        """Rows needed before a window: those that its differences are taken from."""
        return self.transform.lead

    def inputs_of(self, values: Reals) -> Floats:
        """Windows of values in their own units (lead + T, B, C) as inputs (T, B, C)."""
        changed = self.transform.changes(values[..., : len(self.targets)])
        columns = np.concatenate([changed, values[self.lead :, :, len(self.targets) :]], axis=-1)
        return np.ascontiguousarray(self.input_scaler.forward(columns), np.float32)

    def bases(self, windows: Reals, count: int = 1) -> Reals:
        """What the answers to `windows` (lead + T, B, C) are changes from, (count, B, O): from the horizon on."""
        own = windows[..., : len(self.targets)]
        aheads = range(self.horizon, self.horizon + count)
        return np.stack([self.transform.base(lambda k: own[-1 - k], ahead) for ahead in aheads])

    def bases_by_step(self, windows: Reals) -> Reals:
        """The same where every step read is answered, (T, B, O)."""
        own, lead = windows[..., : len(self.targets)], self.lead
        return self.transform.base(lambda k: own[lead - k : len(own) - k], self.horizon)

    def answers_of(self, values: Reals, bases: Reals) -> Floats:
        """True values (…, O) as the network should answer them: as changes from `bases`."""
        return np.ascontiguousarray(self.output_scaler.forward(self.transform.forward(values, bases)), np.float32)

    def decode(self, outputs: NDArray[Any], bases: Reals) -> Reals:
        """What the network answered (…, O) in the targets' own units, float64."""
        with np.errstate(over="ignore"):
            return self.transform.inverse(self.output_scaler.inverse(outputs), bases)

    @property
    def known_columns(self) -> list[int]:
        """Places among the C columns of the inputs whose future is known."""
        return [len(self.targets) + self.inputs.index(name) for name in self.known]

    def path_answers(self, values: Reals, windows: Reals) -> Floats:
        """True values (U, B, O) of all steps behind `windows` (lead + T, B, C) as the network should answer them.

        Where all steps are answered at once each has a scale of its own: the further ahead, the wider the change.
        """
        changed = self.transform.forward(values, self.bases(windows, len(values)))
        return np.ascontiguousarray(self._per_step(changed, self.output_scaler.forward), np.float32)

    def path_values(self, outputs: NDArray[Any], windows: Reals) -> Reals:
        """The opposite of `path_answers`, float64."""
        with np.errstate(over="ignore"):
            changed = self._per_step(np.asarray(outputs, np.float64), self.output_scaler.inverse)
            return self.transform.inverse(changed, self.bases(windows, len(changed)))

    def told(self, answers: Floats, windows: Reals, future: Reals) -> Floats:
        """What a decoder hears before each step, (U, B, O + K): the value before, and what is known of the step.

        Args:
            answers: (U, B, O) as `path_answers` gives them; the last step is never heard.
            windows: (lead + T, B, C) in their own units: their last row is heard before the first step.
            future: (U, B, K) of the inputs known ahead, in their own units.
        """
        start = self.transform.start(lambda k: windows[-1 - k, :, : len(self.targets)])
        last = np.broadcast_to(start - start if self.transform.difference else start, answers.shape)
        first = np.ascontiguousarray(self._per_step(last, self.output_scaler.forward), np.float32)[:1]
        columns = self.known_columns
        scaled = (future - self.input_scaler.offset[..., columns]) / self.input_scaler.scale[..., columns]
        heard = np.concatenate([np.concatenate([first, answers[:-1]]), scaled], axis=-1)
        return np.ascontiguousarray(heard, np.float32)

    def _per_step(self, values: Reals, scaled: Callable[[Reals], Reals]) -> Reals:
        """`values` (U, B, O) through a scaler of O or of U · O columns."""
        if self.output_scaler.scale.shape[-1] == values.shape[-1]:
            return scaled(values)
        steps, batch, targets = values.shape
        rows = scaled(values.transpose(1, 0, 2).reshape(batch, steps * targets))
        return rows.reshape(batch, steps, targets).transpose(1, 0, 2)

    def encode(self, history: Reals) -> tuple[Floats, Reals]:
        """The last window of `history`, targets and inputs with their gaps, and the bases (1, O) for `decode`.

        The window comes as inputs (T, 1, C).

        Raises:
            DataError: fewer rows than one window takes, or values that the transform does not take.
        """
        rows = np.asarray(history, np.float64)
        rows = rows[leading_gap(rows) :]
        if len(rows) < self.lead + self.look_back:
            raise DataError(
                f"the network reads {self.lead + self.look_back:,} rows, but there {'is' if len(rows) == 1 else 'are'} "
                f"{counted(len(rows), 'row')} with values; give it more of the past."
            )
        check_logarithm(self.transform, rows[:, : len(self.targets)], self.targets)
        start = np.array([len(rows) - self.look_back - self.lead])
        window = fill(self.with_marks(rows), self.missing, self.season).windows(start, self.look_back + self.lead)
        return self.inputs_of(window), self.bases(window)[0]

    def metadata(self) -> dict[str, Any]:
        """See `Preparation.metadata`."""
        return {
            "kind": self.kind,
            "topology": self.topology,
            "targets": list(self.targets),
            "inputs": list(self.inputs),
            "time_column": self.time_column,
            "look_back": self.look_back,
            "horizon": self.horizon,
            "transform": self.transform.name,
            "period": self.transform.period,
            "lead": self.lead,
            "missing": self.missing,
            "season": self.season,
            "input_scaler": self.input_scaler.to_dict(),
            "output_scaler": self.output_scaler.to_dict(),
            "frequency": self.frequency.to_dict() if self.frequency else None,
            "marked": list(self.marked),
            "sequence_column": list(self.sequence_column),
            "scalers": [[name, inputs.to_dict(), answers.to_dict()] for name, inputs, answers in self.scalers],
            "steps": self.steps,
            "strategy": self.strategy,
            "known": list(self.known),
            "led": self.led,
        }

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> SeriesPreparation:
        """The opposite of `metadata`."""
        several = values["sequence_column"]  # a text where an earlier version wrote it
        own = {name: values[name] for name in ("time_column", "look_back", "horizon", "topology", "missing", "season")}
        return cls(
            **own,
            targets=tuple(values["targets"]),
            inputs=tuple(values["inputs"]),
            transform=Transform(values["transform"], values.get("period", 0)),  # one without has none to name
            input_scaler=Scaler.from_dict(values["input_scaler"]),
            output_scaler=Scaler.from_dict(values["output_scaler"]),
            frequency=Frequency(**values["frequency"]) if values["frequency"] else None,
            marked=tuple(values["marked"]),
            sequence_column=tuple(filter(None, [several] if isinstance(several, str) else several)),
            scalers=tuple(
                (name, Scaler.from_dict(inputs), Scaler.from_dict(answers))
                for name, inputs, answers in values["scalers"]
            ),
            steps=values.get("steps", 1),  # a model of one answer has none to name
            strategy=values.get("strategy", "single"),
            known=tuple(values.get("known", ())),
            led=values.get("led", 0),
        )


def check_logarithm(transform: Transform, values: Reals, names: tuple[str, ...], first_row: int = 0) -> None:
    """Refuse values that have no logarithm.

    Raises:
        DataError: naming column, row and value.
    """
    if not transform.logarithm:
        return
    for name, column in zip(names, values.T, strict=True):
        bad = np.flatnonzero(column <= 0)
        if bad.size:
            raise DataError(
                f"column {name!r}, row {int(bad[0]) + first_row + 1:,}: {column[bad[0]]:g} has no logarithm; "
                "blank it where it stands for a missing value, or train with data.transform none or difference."
            )
