"""Weights that other programs made: safetensors, ONNX or NPZ of plain RNN, LSTM and GRU stacks, to go on from.

Readers take any bytes whatsoever and give a value or one clear error. Nothing in a file is run, and sizes are checked
before memory is asked for.
"""

from engine.importing.elsewhere import ElsewhereError
from engine.importing.foreign import Imported, read_foreign

__all__ = ["ElsewhereError", "Imported", "read_foreign"]
