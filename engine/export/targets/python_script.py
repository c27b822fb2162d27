"""A Python script that predicts with NumPy alone: a table, a text or a row of values in, forecasts or text out.

It holds the formula of the cell as the engine has it, and lies beside its weights (NPZ) and all that their use
needs (JSON).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from engine.data import LabelledTextPreparation, SequencePreparation
from engine.data.notation import centuries, lengths_of_time
from engine.data.texts import tokens
from engine.export import (
    numpy_dates,
    numpy_labelled,
    numpy_network,
    numpy_predict,
    numpy_series,
    numpy_tables,
    numpy_texts,
    numpy_units,
    numpy_writing,
    numpy_written,
)
from engine.export.beside import write_arrays, write_particulars
from engine.export.held_out import HeldOut
from engine.export.particulars import Exportable
from engine.export.python_source import formula_source, joined_modules, paragraph
from engine.export.remarks import harmless
from engine.export.targets._target import Answers, ExportError, Fit, Target
from engine.export.writing_description import writes
from engine.findings.summary import model_words
from engine.model import Model
from engine.storage import spreadsheets
from engine.storage.atomic import write_atomically

_SECONDS = 300.0
_TABLES = (numpy_units, centuries, numpy_dates, spreadsheets, lengths_of_time, numpy_tables, numpy_series)
_WRITING = (numpy_writing, tokens, numpy_texts, *_TABLES, numpy_written)
_LABELLED = (tokens, *_TABLES, numpy_labelled)
_PLAIN = (tokens, *_TABLES, numpy_predict)  # that answer where they read
_HEAD = '''"""{title}

{made}

    python {stem}.py {usage}
"""

'''
_MADE = """Made by RNN Workbench. Needs Python 3.11 or newer and NumPy. Lies beside its weights, {stem}.npz, and
{stem}.json, which holds scaler, vocabulary, window, columns, settings and scores. Licence of the data: {licence}"""
_USAGES = {
    "series": "rows.csv",
    "sequences": "rows.csv",
    "labelled_text": '"What somebody said"',
    "text": '"Once upon a time"',
    "adding": "steps.csv",
    "pairs": '"What is read"',
}
_FOOT = """


if __name__ == "__main__":
    try:
        main(step, Path(__file__))
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read has seen enough; Python would complain once more when it ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
"""
# Runs the script's own `answers` in a process of its own, on arrays that lie in a file.
_QUESTION = """\
import runpy, sys
from pathlib import Path
from typing import Any
import numpy as np
script, given, found = sys.argv[1:]
names = runpy.run_path(script)
said = names["answers"](names["step"], Path(script), **{name: each[()] for name, each in np.load(given).items()})
np.savez(found, **{name: each for name, each in zip(("scaled", "real", "tokens"), said) if each is not None})
"""


def fit(model: Model) -> Fit:
    """Every network fits: the formula of each cell is plain Python. Not all kinds of data do."""
    kind = str(model.metadata["kind"])
    if kind not in _USAGES:
        return Fit(False, "the script reads files, and these sequences are made up by the program; take NPZ or ONNX.")
    return Fit(True, "Exact. The cell's formula in NumPy: slower than the engine, and it runs wherever Python does.")


def write(source: Exportable, path: Path) -> tuple[Path, ...]:
    """Write the script, the weights and the JSON.

    Raises:
        OSError: the folder cannot be written.
    """
    arrays = write_arrays(source.model.network.state_dict(), path)
    data = source.model.experiment.data
    layout = {
        "sequence_column": list(data.sequence_column),
        "time_column": data.time_column,
        "channels": data.channels,
    }
    particulars = write_particulars(source, path, {"layout": layout})
    write_atomically(path, script(source, path.stem).encode())
    return path, arrays, particulars


def script(source: Exportable, stem: str) -> str:
    """The text of the script that lies beside ``<stem>.npz``."""
    model = source.model
    head = _HEAD.format(
        title=f"{model_words(model.experiment)}: predicts with NumPy alone.",
        stem=harmless(stem),
        made=paragraph(_MADE.format(stem=stem, licence=source.particulars()["licence"])),
        usage=_USAGES[str(model.metadata["kind"])],
    )
    labelled = isinstance(model.preparation, SequencePreparation | LabelledTextPreparation)
    own = _WRITING if writes(model.network) else _LABELLED if labelled else _PLAIN
    definitions = joined_modules((numpy_network, *own), ("import os", "import sys"))
    return head + definitions + "\n\n\n" + formula_source(model.network.stack.config.spec) + _FOOT


def runner() -> str:
    """The Python that will run the script."""
    return f"Python {sys.version.split()[0]} with NumPy {np.__version__}, in a process of its own"


def run(path: Path, data: HeldOut) -> Answers:
    """What the script answers, run in a process of its own that sees nothing of the workbench."""
    with tempfile.TemporaryDirectory() as folder:
        given, found = Path(folder) / "given.npz", Path(folder) / "found.npz"
        np.savez(given, **_arguments(data))
        command = [sys.executable, "-I", "-c", _QUESTION, str(path.absolute()), str(given), str(found)]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_SECONDS, check=False)
        if done.returncode:
            raise ExportError(f"{path.name} was written, but does not run: {done.stderr.strip().splitlines()[-1]}")
        with np.load(found, allow_pickle=False) as file:
            return Answers(**{name: file[name] for name in file.files})


def _arguments(data: HeldOut) -> dict[str, Any]:
    """Of the script's `answers`: a series in its own units, all else as the network reads it."""
    given = {"given": data.inputs if data.rows is None else data.rows}
    told = data.given.told if data.rows is None else data.given.future
    if told is not None:
        given["told"] = told
    return given | ({"series": data.series} if data.series else {})


_USAGE_WRITING = """\
python {name} "{example}"  # --width 4 searches with a beam
python {name} - < lines.txt     # one a line"""
TARGET = Target(
    key="python_script",
    title="Python script (NumPy only)",
    order=5,
    suffix=".py",
    beside=(".npz", ".json"),
    summary="A script that reads a CSV file, a prompt or a text and predicts, with NumPy and nothing else.",
    fit=fit,
    write=write,
    runner=runner,
    run=run,
    usage={
        "series": "python {name} rows.csv  # prints what comes after the last row",
        "decoder": "python {name} rows.csv  # prints what comes after the last row with a target",
        "sequences": "python {name} rows.csv  # prints what each sequence is; rows in the order of time",
        "labelled_text": """\
python {name} "What somebody said"
python {name} - < lines.txt        # one a line""",
        "text": """\
python {name} "A prompt"           # --length 200 --temperature 0.8 --seed 0""",
        "adding": "python {name} steps.csv  # without a header",
        "pairs": _USAGE_WRITING,
        "vector": _USAGE_WRITING,
    },
)
