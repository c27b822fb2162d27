"""A layer of a cell whose gates also read the gates of the step before."""

from __future__ import annotations

from engine.layer import Layer
from engine.parameters import Parameters
from engine.threads import Task


class FeedbackLayer(Layer):
    """Like `Layer`, with ``weight_hh`` and ``weight_gg`` composed into the one matrix that the loops read.

    Of the composed matrix, blocks that do not read the gates have zeros there.
    """

    def _as_read(self) -> Parameters:
        shapes = self.spec.parameter_shapes(self.inputs, self.units)
        shapes["weight_hh"] = (shapes["weight_hh"][0], self.spec.recurrent_states * self.units)
        own = {f"rnn.{name}_{self.suffix}": shapes[name] for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}
        return Parameters(own, self._parameters.values.dtype)

    def pack(self) -> None:
        """Copy the weights into the layouts the kernels read; call after every change of the parameters."""
        for name in self._matrices.names:
            composed = self._matrices.view(name)
            composed[..., : self._parameters.shapes[name][-1]] = self._parameters.view(name)
        composed = self._matrices.view(f"rnn.weight_hh_{self.suffix}")
        fed = self._parameters.view(f"rnn.weight_gg_{self.suffix}")
        for number, rows in enumerate(self._fed_rows()):
            composed[rows, self.units :] = fed[number * self.units : (number + 1) * self.units]
        super().pack()

    def _fed_rows(self) -> list[slice]:
        return [slice(block * self.units, (block + 1) * self.units) for block in self.spec.feedback_blocks]

    def gradient_tasks(self, threads: int) -> list[Task]:
        """Adding the weights' gradients to those of the composed matrices, divided by units."""
        self._matrices.gradients[:] = 0
        return super().gradient_tasks(threads)

    def add_extra_gradients(self) -> None:
        """Hand the gradients of the composed matrices to the parameters, and sum those of the extras."""
        super().add_extra_gradients()
        for name in self._matrices.names:
            columns = self._parameters.shapes[name][-1]
            self._parameters.gradient(name)[...] += self._matrices.gradient(name)[..., :columns]
        composed = self._matrices.gradient(f"rnn.weight_hh_{self.suffix}")
        fed = self._parameters.gradient(f"rnn.weight_gg_{self.suffix}")
        for number, rows in enumerate(self._fed_rows()):
            fed[number * self.units : (number + 1) * self.units] += composed[rows, self.units :]
