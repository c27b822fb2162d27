"""Views on the screen, ready to be given snapshots."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pytest
from pytestqt.qtbot import QtBot

from workbench.looks.theme import LIGHT
from workbench.views.live_view import LiveView

AnyView = TypeVar("AnyView", bound=LiveView)


@pytest.fixture
def show(qtbot: QtBot) -> Callable[[type[AnyView]], AnyView]:
    """Makes a view of a kind and puts it on the screen."""

    def shown(kind: type[AnyView]) -> AnyView:
        view = kind(LIGHT)
        qtbot.addWidget(view)
        view.resize(900, 700)
        view.show()
        qtbot.waitUntil(lambda: view.on_screen)
        return view

    return shown
