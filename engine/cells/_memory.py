"""What the declarations of the LSTM's relatives have in common: equations, gates and peepholes in the same words."""

from engine.cells._specification import Equation, Extra

GREFF = "K. Greff et al. (2017), LSTM: A search space odyssey, IEEE TNNLS 28, 2222-2232"

INPUT_PEEPHOLE = Extra("weight_ci", None, "how much the memory opens its input gate")
FORGET_PEEPHOLE = Extra("weight_cf", None, "how much the memory opens its forget gate")
OUTPUT_PEEPHOLE = Extra("weight_co", None, "how much the new memory opens its output gate")

CANDIDATE = Equation(r"g_t = \tanh(W_{ig} x_t + b_{ig} + W_{hg} h_{t-1} + b_{hg})", "candidate: what would be written")
INPUT = Equation(
    r"i_t = \sigma(W_{ii} x_t + b_{ii} + W_{hi} h_{t-1} + b_{hi} + w_{ci} \odot c_{t-1})",
    "input gate: how much is written; it sees the memory",
)
FORGET = Equation(
    r"f_t = \sigma(W_{if} x_t + b_{if} + W_{hf} h_{t-1} + b_{hf} + w_{cf} \odot c_{t-1})",
    "forget gate: how much is kept; it sees the memory",
)
OUTPUT = Equation(
    r"o_t = \sigma(W_{io} x_t + b_{io} + W_{ho} h_{t-1} + b_{ho} + w_{co} \odot c_t)",
    "output gate: how much is shown; it sees the new memory",
)
MEMORY = Equation(r"c_t = f_t \odot c_{t-1} + i_t \odot g_t", "cell state: the memory")
HIDDEN = Equation(r"h_t = o_t \odot \tanh(c_t)", "hidden state: what the rest of the network sees")

BLIND_INPUT = Equation(
    r"i_t = \sigma(W_{ii} x_t + b_{ii} + W_{hi} h_{t-1} + b_{hi})", "input gate: how much is written"
)
BLIND_FORGET = Equation(r"f_t = \sigma(W_{if} x_t + b_{if} + W_{hf} h_{t-1} + b_{hf})", "forget gate: how much is kept")
BLIND_OUTPUT = Equation(
    r"o_t = \sigma(W_{io} x_t + b_{io} + W_{ho} h_{t-1} + b_{ho})", "output gate: how much is shown"
)
