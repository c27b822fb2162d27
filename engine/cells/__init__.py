"""The recurrent cells: one file each, found by its name.

To add a cell, write a file with a `SPECIFICATION`; forms, views, checkpoints, exports and tests pick it up.
"""

from functools import cache
from importlib import import_module

from engine.cells._formula import Value, in_order
from engine.cells._specification import CellSpec, Equation, Extra, Gate, OnnxOperator, SecondProduct, trace
from engine.config import CELLS

__all__ = [
    "CellSpec", "Equation", "Extra", "Gate", "OnnxOperator", "SecondProduct", "Value", "in_order", "specification",
    "specifications", "trace",
]  # fmt: skip


@cache
def specification(key: str) -> CellSpec:
    """The declaration of one cell.

    Raises:
        KeyError: there is no such cell.
    """
    if key not in CELLS:
        raise KeyError(f"no cell {key!r}; cells are {', '.join(CELLS)}")
    found: CellSpec = import_module(f"engine.cells.{key}").SPECIFICATION
    return found


def specifications() -> tuple[CellSpec, ...]:
    """Every cell, in the order of a form: the best known first."""
    return tuple(sorted(map(specification, CELLS), key=lambda spec: (spec.order, spec.key)))
