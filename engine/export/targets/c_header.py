"""A C header for a microcontroller: the weights, plain C99 that takes one row at a time, and test vectors.

A network that reads both ways, or that writes, keeps what it has read in its state, which has room for so many steps.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.export.c_file import c_file
from engine.export.c_programs import driver, program_inputs
from engine.export.c_source import identifier
from engine.export.c_writer import writer_file
from engine.export.c_writing_programs import writing_driver
from engine.export.description import describe
from engine.export.held_out import HeldOut, held_out
from engine.export.particulars import Exportable
from engine.export.targets._target import Answers, ExportError, Fit, Target
from engine.export.writing_description import writes
from engine.model import Model
from engine.storage.atomic import write_atomically

_COMPILERS = ("cc", "gcc", "clang")
_FLAGS = ("-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-O1")
_LARGEST = 1_000_000  # parameters; as text about twelve bytes each
_SECONDS = 300.0
_KINDS = ("series", "sequences", "text", "labelled_text", "pairs", "adding")


def fit(model: Model) -> Fit:
    """One direction, a size that a header can hold, data whose preparation is known."""
    kind, count = str(model.metadata["kind"]), model.network.parameter_count
    if kind == "series" and not writes(model.network):
        network = describe(model.network)
        if network.config.bidirectional and network.aligned:
            return Fit(False, "a forecast at every row of a window that is read backward too; take ONNX.")
    if count > _LARGEST:
        return Fit(False, f"{count:,} parameters are too many for a header; {_LARGEST:,} are the most; take ONNX.")
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
    make = writer_file if writes(source.model.network) else c_file
    write_atomically(path, make(source, identifier(path.stem), held_out(source.model)).encode())
    return (path,)


@cache
def compiler() -> str:
    """Where a C compiler is; "" where there is none."""
    return next(filter(None, map(shutil.which, _COMPILERS)), "")


def runner() -> str:
    """The C compiler and its version."""
    if not compiler():
        return f"no C compiler is here ({', '.join(_COMPILERS)})"
    said = subprocess.run([compiler(), "--version"], capture_output=True, text=True, timeout=_SECONDS, check=False)
    return f"{said.stdout.splitlines()[0] if said.stdout else compiler()}, {' '.join(_FLAGS)}"


def run(path: Path, data: HeldOut) -> Answers | None:
    """What the compiled header answers; its own test vectors have to come out right as well."""
    if not compiler():
        return None
    name = identifier(path.stem)
    with tempfile.TemporaryDirectory() as folder:
        header = shutil.copyfile(path, Path(folder) / "exported.h")  # not every path can stand in an #include
        own = _compiled(path, Path(folder) / "own", f"-D{name.upper()}_TEST", "-x", "c", str(header))
        if subprocess.run([own], capture_output=True, timeout=_SECONDS, check=False).returncode:
            raise ExportError(f"{path.name} was written, but its own test vectors do not come out right here")
        source = Path(folder) / "driver.c"
        writing = data.given.told is not None
        text = (writing_driver if writing else driver)(header.name, name, data)
        source.write_text(text, encoding="utf-8")
        program = _compiled(path, Path(folder) / "driver", str(source))
        given = np.concatenate(program_inputs(data), axis=1).tobytes()
        done = subprocess.run([program], input=given, capture_output=True, timeout=_SECONDS, check=True)
    numbers = np.frombuffer(done.stdout, np.float64)
    return _written(numbers, data) if writing else _answers(numbers, data)


def _written(numbers: NDArray[np.float64], data: HeldOut) -> Answers:
    """What the driver wrote: for each sequence the answers by step, then tokens or the same in real units."""
    steps, count, outputs = data.scaled.shape
    table = numbers.reshape(count, -1)
    scaled = table[:, : steps * outputs].reshape(count, steps, outputs).swapaxes(0, 1)
    rest = table[:, steps * outputs :]
    if data.real is None:
        return Answers(scaled, tokens=rest.T.astype(np.int32))
    return Answers(scaled, rest.reshape(count, steps, -1).swapaxes(0, 1))


def _compiled(path: Path, program: Path, *arguments: str) -> str:
    command = [compiler(), *_FLAGS, *arguments, "-o", str(program), "-lm"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    if done.returncode:
        raise ExportError(f"{path.name} was written, but does not compile: {done.stderr.strip().splitlines()[0]}")
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
    summary="For a microcontroller: weights, plain C99 that takes one row or symbol at a time, and test vectors.",
    fit=fit,
    write=write,
    runner=runner,
    run=run,
    usage={
        "": """\
cc -std=c99 -D{upper}_TEST -x c {name} -lm && ./a.out   # runs its test vectors""",
    },
)
