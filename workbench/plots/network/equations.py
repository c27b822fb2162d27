"""The equations that a box or an arrow of a network's diagram stands for.

As Luong, Pham and Manning write them: h̄ are states of what was read, h those of what is written.
"""

from __future__ import annotations

from engine.inside_records import Structure
from workbench.plots.network.layout import Link, Part
from workbench.plots.network.substitution import with_functions

_BRIDGE = r"h_0 = W_b \, {} + b_b"
_SCORES = {
    "attention.key.weight": r"e_{ts} = v^\top \tanh(W_q h_t + W_k \bar{h}_s)",  # additive
    "attention.query.weight": r"e_{ts} = \bar{h}_s^\top W_q h_t",  # multiplicative
}
_ATTENDED = r"a_{ts} = \mathrm{softmax}_s \, e_{ts}", r"c_t = \sum_s \, a_{ts} \bar{h}_s"


def equations_of(structure: Structure, element: Part | Link) -> tuple[str, ...]:
    """In LaTeX; none for numbers that go in as they are."""
    if isinstance(element, Link):
        if element.name.startswith("bridge"):
            return (_BRIDGE.format(_read(structure)),)
        if structure.topology == "encoder_decoder" and element.name == "handed on":
            return (r"h_0 = \bar{h}_S",)
        return answer(structure) if element.name.startswith("readout") else of_cell(structure)
    if element.kind == "output":
        return answer(structure)
    embedded = (r"x_t = E_{s_t}",) if structure.embedding_size else ()
    return embedded if element.kind == "input" else of_cell(structure)


def of_cell(structure: Structure) -> tuple[str, ...]:
    """With the functions that were chosen."""
    return tuple(with_functions(latex, *structure.functions) for latex, _ in structure.equations)


def answer(structure: Structure) -> tuple[str, ...]:
    """From the top layer's states to what is answered, by way of attention where there is one."""
    score = next((latex for name, latex in _SCORES.items() if attends(structure, name)), None)
    if score is not None:
        return (score, *_ATTENDED, r"\tilde{h}_t = \tanh(W_c [c_t; h_t])", r"y_t = W_{hy} \tilde{h}_t + b_y")
    if structure.topology == "many_to_one":
        return (rf"y = W_{{hy}} {_last(structure, 'h', 'T')} + b_y",)
    both = structure.topology != "encoder_decoder" and _two_ways(structure)
    state = _joined(structure, r"\overrightarrow{h}_t", r"\overleftarrow{h}_t") if both else "h_t"
    return (rf"y_t = W_{{hy}} {state} + b_y",)


def attends(structure: Structure, name: str = "attention.query.weight") -> bool:
    """Whether what is written hangs on all that was read, with the weights of this `name`."""
    return any(name == other for other, _ in structure.parameters)


def _read(structure: Structure) -> str:
    """What a bridge makes the first state of: the numbers that are read at once, or the last states of an encoder."""
    return "x" if structure.topology == "one_to_many" else _last(structure, r"\bar{h}", "S", summed=False)


def _last(structure: Structure, state: str, end: str, *, summed: bool = True) -> str:
    """The state after the whole sequence; that of the backward direction stands at the first step."""
    if not _two_ways(structure):
        return f"{state}_{end}"
    ahead, back = rf"\overrightarrow{{{state}}}_{end}", rf"\overleftarrow{{{state}}}_1"
    return _joined(structure, ahead, back) if summed else f"[{ahead}; {back}]"


def _two_ways(structure: Structure) -> bool:
    return any(layer.reverse for layer in structure.layers)


def _joined(structure: Structure, ahead: str, back: str) -> str:
    """Both directions side by side, or added up where the readout has no room for two."""
    units = structure.layers[-1].units
    room = dict(structure.parameters).get("readout.weight", (0, 2 * units))[1]
    return f"({ahead} + {back})" if room == units else f"[{ahead}; {back}]"
