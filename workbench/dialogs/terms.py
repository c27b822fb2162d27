"""Whole numbers that a race or a sweep is run for."""

from __future__ import annotations

from engine.config import FieldInfo
from workbench.forms.number_editors import NumberEditor


def number_field(name: str, info: FieldInfo, value: int) -> NumberEditor:
    """An input for a whole number."""
    editor = NumberEditor(info, whole=True)
    editor.setObjectName(name)
    editor.setAccessibleName(info.label)
    editor.setToolTip(info.help)
    editor.show_value(value)
    return editor


def whole_number(editor: NumberEditor, info: FieldInfo) -> int | str:
    """What stands in it, or why that cannot be."""
    text = editor.lineEdit().text().replace(",", "").strip()
    if not text.isdigit() or not info.minimum <= int(text) <= info.maximum:
        return f"{info.label} is {text!r}; it takes a whole number from {info.minimum:g} to {info.maximum:g}."
    return int(text)
