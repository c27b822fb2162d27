"""The weights of a cell whose gates also read the gates of the step before."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from engine.layers.packed_weights import PackedWeights
from engine.layers.parameters import Parameters


class FeedbackWeights(PackedWeights):
    """Like `PackedWeights`, with ``weight_hh`` and ``weight_gg`` composed into the one matrix that the loops read.

    Of the composed matrix, blocks that do not read the gates have zeros there.
    """

    def _as_read(self) -> Parameters:
        shapes = self.spec.parameter_shapes(self.inputs, self.units)
        shapes["weight_hh"] = (shapes["weight_hh"][0], self.spec.recurrent_states * self.units)
        own = {self.name(short): shapes[short] for short in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}
        return Parameters(own, self.parameters.values.dtype)

    def pack(self) -> None:
        """Compose the matrices of changed parameters, and take these over."""
        for name in self.matrices.names:
            composed = self.matrices.view(name)
            composed[..., : self.parameters.shapes[name][-1]] = self.parameters.view(name)
        composed = self.matrices.view(self.name("weight_hh"))
        fed = self.parameters.view(self.name("weight_gg"))
        for number, rows in enumerate(self._fed_rows()):
            composed[rows, self.units :] = fed[number * self.units : (number + 1) * self.units]
        super().pack()

    def _fed_rows(self) -> list[slice]:
        return [slice(block * self.units, (block + 1) * self.units) for block in self.spec.feedback_blocks]

    def begin_gradients(self) -> None:
        """Those of the composed matrices begin anew; the parameters' own are added to."""
        self.matrices.gradients[:] = 0

    def finish_gradients(self, d_extra: NDArray[Any], batch: int) -> None:
        """Hand the gradients of the composed matrices to the parameters."""
        super().finish_gradients(d_extra, batch)
        for name in self.matrices.names:
            columns = self.parameters.shapes[name][-1]
            self.parameters.gradient(name)[...] += self.matrices.gradient(name)[..., :columns]
        composed = self.matrices.gradient(self.name("weight_hh"))
        fed = self.parameters.gradient(self.name("weight_gg"))
        for number, rows in enumerate(self._fed_rows()):
            fed[number * self.units : (number + 1) * self.units] += composed[rows, self.units :]
