"""Python files put together from what the engine itself runs: modules and the cell's formula, as they are written."""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
from collections.abc import Sequence
from types import ModuleType

from engine.cells import CellSpec
from engine.export.remarks import harmless

COLUMNS = 120


def formula_source(spec: CellSpec, name: str = "step") -> str:
    """The cell's formula as a plain function of that name."""
    lines = inspect.getsource(spec.formula).splitlines()
    body = textwrap.dedent("\n".join(lines)).splitlines()[2:]  # without its head and its docstring
    title = f'    """{spec.title}: the state vectors after one time step."""'
    return "\n".join([f"def {name}(cell):", title, *body])


def joined_modules(modules: Sequence[ModuleType], also: Sequence[str] = ()) -> str:
    """The definitions of modules one after the other, with what they import, and `also`, once at the head."""
    imports: dict[str, None] = dict.fromkeys(also)
    bodies = []
    for module in modules:
        source = inspect.getsource(module)
        head = [node for node in ast.parse(source).body[1:] if isinstance(node, ast.Import | ast.ImportFrom)]
        for node in head:
            if not (isinstance(node, ast.ImportFrom) and str(node.module).startswith("engine.")):
                imports[ast.unparse(node)] = None
        end = max(node.end_lineno or 0 for node in head)
        bodies.append("\n".join(source.splitlines()[end:]).strip("\n"))
    return "\n".join(_sorted(imports)) + "\n\n\n" + "\n\n\n".join(bodies)


def _sorted(imports: dict[str, None]) -> list[str]:
    """The future first, then the standard library, then what is installed; straight imports before others."""

    def rank(line: str) -> int:
        name = line.split()[1].split(".")[0]
        return 0 if name == "__future__" else 1 if name in sys.stdlib_module_names else 2

    ordered = sorted(imports, key=lambda line: (rank(line), line.startswith("from"), line))
    parts = [[line for line in ordered if rank(line) == place] for place in range(3)]
    return [line for part in parts if part for line in (*part, "")][:-1]


def paragraph(text: str) -> str:
    """Text as a paragraph of a docstring, whatever it holds."""
    return textwrap.fill(harmless(text), COLUMNS, break_long_words=False, break_on_hyphens=False)
