"""What a form shows and hides."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from workbench.forms import Form


@pytest.mark.parametrize(("section", "name"), [("model", "activation"), ("model", "embedding_size")])
def test_a_field_that_comes_back_stays_within_its_form(qtbot: QtBot, section: str, name: str) -> None:
    form = Form(section, [name])
    qtbot.addWidget(form)
    form.show()
    form.set_applies(name, False)
    form.set_applies(name, True)
    assert [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()] == [form]
