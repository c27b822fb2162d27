"""Where the workbench keeps its things, and typed access to what a person has set."""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs
from PySide6.QtCore import QByteArray, QSettings

from workbench.looks.theme import SCALES, THEMES

APPLICATION = "rnn-workbench"
LAYOUT_VERSION = 1  # a layout stored under another number is not restored
_RECENT_LIMIT, _READINGS_LIMIT = 10, 100


@dataclass(frozen=True, slots=True)
class Places:
    """Folders of this user; each is made on first use."""

    config: Path
    runs: Path
    logs: Path
    instead: str = ""  # in words, which could not be made, and what stands in for them


def places() -> Places:
    """The folders that this system has for settings, data and logs; what cannot be made is temporary."""
    usual = {
        "Settings": platformdirs.user_config_path(APPLICATION, appauthor=False),
        "Runs": platformdirs.user_data_path(APPLICATION, appauthor=False) / "runs",
        "The log": platformdirs.user_log_path(APPLICATION, appauthor=False),
    }
    made = {what: _made(folder) for what, folder in usual.items()}
    trouble = [
        f"{what} of this sitting: {folder}, since {usual[what]} cannot be made ({why})."
        for what, (folder, why) in made.items() if why
    ]  # fmt: skip
    config, runs, logs = (folder for folder, _ in made.values())
    return Places(config, runs, logs, "\n".join(trouble))


def _made(folder: Path) -> tuple[Path, str]:
    """A folder, or a temporary one and why."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return folder, ""
    except OSError as error:
        return Path(tempfile.mkdtemp(prefix=f"{APPLICATION}-")), error.strerror or str(error)


class Settings:
    """Stored settings, each with its type and default. INI files give text back, so the type is always named."""

    def __init__(self, folder: Path) -> None:
        self._store = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)

    @property
    def theme(self) -> str:
        """ "light", "dark" or "system"."""
        stored = str(self._store.value("appearance/theme", "system", type=str))
        return stored if stored in THEMES else "system"

    @theme.setter
    def theme(self, name: str) -> None:
        self._store.setValue("appearance/theme", name)

    @property
    def text_scale(self) -> int:
        """Size of text in per cent of the usual."""
        stored = int(str(self._store.value("appearance/text", 100, type=int)))
        return min(max(stored, min(SCALES)), max(SCALES))

    @text_scale.setter
    def text_scale(self, percent: int) -> None:
        self._store.setValue("appearance/text", percent)

    @property
    def greeted(self) -> bool:
        """Whether the first steps have been shown."""
        return bool(self._store.value("lessons/greeted", False, type=bool))

    @greeted.setter
    def greeted(self, shown: bool) -> None:
        self._store.setValue("lessons/greeted", shown)

    @property
    def threads(self) -> int:
        """Threads for new experiments; 0 takes what the machine has."""
        return max(int(str(self._store.value("engine/threads", 0, type=int))), 0)

    @threads.setter
    def threads(self, count: int) -> None:
        self._store.setValue("engine/threads", count)

    @property
    def runs(self) -> Path | None:
        """The folder of runs that was chosen; None for the usual one."""
        stored = str(self._store.value("files/runs", "", type=str))
        return Path(stored) if stored else None

    @runs.setter
    def runs(self, folder: Path) -> None:
        self._store.setValue("files/runs", str(folder))

    @property
    def recent(self) -> tuple[Path, ...]:
        """Files opened lately, newest first; those that are gone are left out."""
        stored = self._store.value("files/recent", [], type=list)
        paths = [Path(str(item)) for item in stored] if isinstance(stored, list) else []
        return tuple(path for path in paths if path.exists())[:_RECENT_LIMIT]

    def remember_file(self, path: Path) -> None:
        """Put a file at the head of the recent ones."""
        others = [item for item in self.recent if item != path]
        self._store.setValue("files/recent", [str(item) for item in (path, *others)][:_RECENT_LIMIT])

    @property
    def recent_projects(self) -> tuple[Path, ...]:
        """Projects opened or saved lately, newest first; those that are gone are left out."""
        stored = self._store.value("files/projects", [], type=list)
        paths = [Path(str(item)) for item in stored] if isinstance(stored, list) else []
        return tuple(path for path in paths if path.exists())[:_RECENT_LIMIT]

    def remember_project(self, path: Path) -> None:
        """Put a project at the head of the recent ones."""
        others = [item for item in self.recent_projects if item != path]
        self._store.setValue("files/projects", [str(item) for item in (path, *others)][:_RECENT_LIMIT])

    def reading(self, path: Path) -> dict[str, Any]:
        """How a file was to be read the last time: settings by dotted name; empty when nothing was decided."""
        return dict(self._readings().get(str(path), {}))

    def remember_reading(self, path: Path, settings: Mapping[str, Any]) -> None:
        """Keep how a file is to be read; the oldest of many are forgotten."""
        others = {name: kept for name, kept in self._readings().items() if name != str(path)}
        newest = dict(list(others.items())[-_READINGS_LIMIT + 1 :]) | {str(path): dict(settings)}
        self._store.setValue("files/reading", json.dumps(newest))

    def _readings(self) -> dict[str, dict[str, Any]]:
        try:
            found = json.loads(str(self._store.value("files/reading", "{}", type=str)))
        except ValueError:
            return {}
        return {k: v for k, v in found.items() if isinstance(v, dict)} if isinstance(found, dict) else {}

    @property
    def folder(self) -> Path:
        """Where the last file dialog was; the home folder at first."""
        folder = Path(str(self._store.value("files/folder", "", type=str)) or Path.home())
        return folder if folder.is_dir() else Path.home()

    @folder.setter
    def folder(self, folder: Path) -> None:
        self._store.setValue("files/folder", str(folder))

    def layout(self) -> tuple[QByteArray, QByteArray] | None:
        """Window geometry and state of docks, if stored by this version of the layout."""
        if int(str(self._store.value("layout/version", 0, type=int))) != LAYOUT_VERSION:
            return None
        geometry = self._store.value("layout/geometry", QByteArray(), type=QByteArray)
        state = self._store.value("layout/state", QByteArray(), type=QByteArray)
        return (geometry, state) if isinstance(geometry, QByteArray) and isinstance(state, QByteArray) else None

    @property
    def overview(self) -> str:
        """Borders between the quarters of the overview, as text; empty at first."""
        return str(self._store.value("layout/overview", "", type=str))

    @overview.setter
    def overview(self, borders: str) -> None:
        self._store.setValue("layout/overview", borders)

    def store_layout(self, geometry: QByteArray, state: QByteArray) -> None:
        """Keep the layout for the next start."""
        self._store.setValue("layout/version", LAYOUT_VERSION)
        self._store.setValue("layout/geometry", geometry)
        self._store.setValue("layout/state", state)

    def save(self) -> None:
        """Write to disk now."""
        with contextlib.suppress(RuntimeError):
            self._store.sync()
