"""Pictures of every dialog in both themes: ``python -m tests.benchmarks.dialog_pictures --out DIR``.

Trains a sample for some epochs, twice with different cells, and opens one dialog after the other; with ``--sample
number_words`` and others the questions to a trained model are of other kinds.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from tests.benchmarks.window_pictures import play

_SMALL = {"training.epochs": 5}
_WAITS = 6  # steps after which a dialog has heard what it asked for


def main() -> None:
    """Open, train twice, take pictures, close."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--sample", default="airline_passengers")
    parser.add_argument("--scale", type=float, default=1.0)
    play(parser.parse_args(), _script)


def _script(window: Any, options: argparse.Namespace) -> Iterator[Callable[[], bool]]:
    """Runs first, then what can be done with them."""
    desk = window.desk
    yield lambda: bool(desk.draft.ready)
    window.resize(1280, 720)
    for changes in (_SMALL, {"model.hidden_size": 16}):
        desk.apply(changes)
        yield lambda: bool(desk.draft.ready) and not desk.draft.preparing
        window.run_bar.commands["run"].trigger()
        yield lambda: desk.session.state.value in ("finished", "failed")
    for name, show in (_dialogs(window) | _questions(window) | _imports(window, options.out)).items():
        window.appearance.choose_theme("light")
        show()
        for _ in range(_WAITS):
            yield lambda: True
        for theme in ("light", "dark"):
            window.appearance.choose_theme(theme)
            yield window.updatesEnabled
            yield window.updatesEnabled
            for number, shown in enumerate(_open_dialogs()):
                suffix = f"_{number}" if number else ""
                shown.grab().save(str(options.out / f"{name}{suffix}_{theme}_{options.scale:g}x.png"))
        for shown in _open_dialogs():
            shown.close()
        desk.contest.cancel()


def _dialogs(window: Any) -> dict[str, Callable[[], object]]:
    """What opens each, by the name of its pictures."""
    named, files = window.menus.by_name, window.files
    data = Path(__file__).parents[2] / "resources" / "samples" / "seattle_weather.csv"
    return {
        "about": named["about"].trigger,
        "compare": lambda: window.runs.compare_asked.emit(list(window.desk.session.records)),
        "export": window.ask_export,
        "go_on": lambda: window.runs.go_on_asked.emit(window.runs.current),
        "help": window.explain,
        "import": lambda: files.show_reading(data),
        "palette": named["palette"].trigger,
        "preferences": window.show_preferences,
        "race": lambda: _begin(window.racing.open, lambda: window.racing.dialog),
        "rate": window.find_rate,
        "sweep": lambda: _begin(window.racing.open_sweep, lambda: window.racing.sweep_dialog),
        "use": window.ask_use,
    }


def _questions(window: Any) -> dict[str, Callable[[], object]]:
    """Boxes that ask or tell; those that wait for an answer are shown without waiting."""
    from workbench.dialogs import recovery

    projects, record = window.projects, window.desk.session.records[0]
    report = Path(__file__)
    own = projects._offer
    return {
        "question_go_on": lambda: recovery.offer_to_go_on(record, _nothing, _nothing, window),
        "question_crash": lambda: recovery.show_crash(report, _nothing, window),
        "question_places": lambda: recovery.show_instead("Runs: /tmp/runs instead of /home/me/runs.", window),
        "question_data": lambda: own("data_question", "a.csv is not where it was.", "Show it.", "Show…", _nothing),
        "question_message": lambda: projects._say("project.rnn cannot be opened: it is of a newer version."),
    }


def _imports(window: Any, folder: Path) -> dict[str, Callable[[], object]]:
    """Weights from elsewhere: taken, which makes a run of them, refused, and with a way to make them readable."""
    from workbench.dialogs.weights import WeightsDialog

    def bring(path: Path) -> None:
        dialog = window.files.weights_dialog = WeightsDialog(window)
        window.desk.weights_in.bring(path, dialog)

    folder.mkdir(parents=True, exist_ok=True)
    strange, pickled = folder / "strange.npz", folder / "model.pt"
    strange.write_bytes(b"not weights")
    pickled.write_bytes(b"PK\x03\x04 not read")
    best = window.desk.session.records[-1].folder / "weights.safetensors"
    return {f"weights_{path.stem}": partial(bring, path) for path in (best, strange, pickled)}


def _nothing() -> None:
    """What an answer does here."""


def _begin(show: Callable[[], object], dialog: Callable[[], Any]) -> None:
    """A race or a sweep, under way."""
    show()
    dialog().epochs.show_value(5)
    dialog().bar.start.click()


def _open_dialogs() -> list[Any]:
    from PySide6.QtWidgets import QApplication, QDialog

    from workbench.dialogs.help import HelpCard

    return [
        shown for shown in QApplication.topLevelWidgets() if shown.isVisible() and isinstance(shown, QDialog | HelpCard)
    ]


if __name__ == "__main__":
    main()
