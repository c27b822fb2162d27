"""A C header for a microcontroller: the weights, a plain C99 step over one row at a time, and test vectors.

A network that reads both ways needs the whole sequence at once, so it has no step.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.atomic import write_atomically
from engine.data import SequencePreparation
from engine.export.c_file import c_file
from engine.export.c_programs import driver
from engine.export.c_source import identifier
from engine.export.held_out import HeldOut, held_out
from engine.export.particulars import Exportable
from engine.export.targets._target import Answers, ExportError, Fit, Target
from engine.export.writing_description import writes
from engine.model import Model

_COMPILERS = ("cc", "gcc", "clang")
_FLAGS = ("-std=c99", "-Wall", "-Werror", "-pedantic", "-O1")
_LARGEST = 1_000_000  # parameters; as text about twelve bytes each
_SECONDS = 300.0
_KINDS = ("series", "sequences", "text", "adding")


def fit(model: Model) -> Fit:
    """One direction, a size that a header can hold, data whose preparation is known."""
    if writes(model.network):
        return Fit(
            False,
            "a step answers each row as it comes, and this network reads all of them before it writes; take the "
            "Python script or ONNX.",
        )
    kind, count = str(model.metadata["kind"]), model.network.parameter_count
    if model.network.stack.config.bidirectional:
        return Fit(
            False, "a step sees one row at a time, and this network reads each sequence backward too; take ONNX."
        )
    if count > _LARGEST:
        return Fit(False, f"{count:,} parameters are too many for a header; {_LARGEST:,} are the most; take ONNX.")
    if model.metadata.get("unit") == "words":
        return Fit(False, "a header cannot cut text into words; take the Python script or ONNX.")
    if isinstance(model.preparation, SequencePreparation) and model.preparation.embedded:
        return Fit(False, "a header does not know the words of a column; take the Python script or ONNX.")
    if kind == "labelled_text":
        return Fit(False, "a header does not cut texts that are to be judged; take the Python script or ONNX.")
    if kind not in _KINDS:
        return Fit(
            False, "a header is for what is measured, and these sequences are made up by the program; take ONNX."
        )
    return Fit(True, f"Exact, in float32. {4 * count:,} bytes of constants.")


def write(source: Exportable, path: Path) -> tuple[Path, ...]:
    """Write the header.

    Raises:
        OSError: the folder cannot be written.
    """
    write_atomically(path, c_file(source, identifier(path.stem), held_out(source.model)).encode())
    return (path,)


@cache
def _compiler() -> str:
    """Where a C compiler is; "" where there is none."""
    return next(filter(None, map(shutil.which, _COMPILERS)), "")


def runner() -> str:
    """The C compiler and its version."""
    if not _compiler():
        return f"no C compiler is here ({', '.join(_COMPILERS)})"
    said = subprocess.run([_compiler(), "--version"], capture_output=True, text=True, timeout=_SECONDS, check=False)
    return f"{said.stdout.splitlines()[0] if said.stdout else _compiler()}, {' '.join(_FLAGS)}"


def run(path: Path, data: HeldOut) -> Answers | None:
    """What the compiled header answers; its own test vectors have to come out right as well."""
    if not _compiler():
        return None
    name = identifier(path.stem)
    with tempfile.TemporaryDirectory() as folder:
        own = _compiled(path, Path(folder) / "own", f"-D{name.upper()}_TEST", "-x", "c", str(path.absolute()))
        if subprocess.run([own], capture_output=True, timeout=_SECONDS, check=False).returncode:
            raise ExportError(f"{path} was written, but its own test vectors do not come out right here")
        source = Path(folder) / "driver.c"
        source.write_text(driver(name, str(path.absolute()), data), encoding="utf-8")
        program = _compiled(path, Path(folder) / "driver", str(source))
        given = (data.inputs if data.rows is None else data.rows).swapaxes(0, 1)
        kind = np.int32 if given.ndim == 2 else np.float64
        done = subprocess.run(
            [program],
            input=np.ascontiguousarray(given, kind).tobytes(),
            capture_output=True,
            timeout=_SECONDS,
            check=True,
        )
    return _answers(np.frombuffer(done.stdout, np.float64), data)


def _compiled(path: Path, program: Path, *arguments: str) -> str:
    command = [_compiler(), *_FLAGS, *arguments, "-o", str(program), "-lm"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    if done.returncode:
        raise ExportError(f"{path} was written, but does not compile: {done.stderr.strip().splitlines()[0]}")
    return str(program)


def _answers(numbers: NDArray[np.float64], data: HeldOut) -> Answers:
    """What the driver wrote: for each sequence and answered step, the answers and the same in real units."""
    outputs = data.scaled.shape[-1]
    steps = data.scaled.shape[0] if data.scaled.ndim == 3 else 1
    table = numbers.reshape(data.scaled.shape[-2], steps, -1).swapaxes(0, 1)
    scaled, real = table[..., :outputs], table[..., outputs:]
    if data.scaled.ndim == 2:
        scaled, real = scaled[0], real[0]
    return Answers(scaled, None if data.real is None else real)


TARGET = Target(
    key="c_header",
    title="C header",
    order=8,
    suffix=".h",
    summary="For a microcontroller: weights, a plain C99 step over one row at a time, and test vectors.",
    fit=fit,
    write=write,
    runner=runner,
    run=run,
    usage={
        "": """\
cc -std=c99 -D{upper}_TEST -x c {name} -lm && ./a.out   # runs its test vectors""",
    },
)
