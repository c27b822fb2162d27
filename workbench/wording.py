"""Messages of the engine in the words of the forms: it names fields as files and commands do, people see labels."""

from __future__ import annotations

import re

from engine.config import field_info, field_names

_FIELD = re.compile(r"\b(?:" + "|".join(re.escape(name) for name in field_names()) + r")\b")
_PLAIN_WORD = re.compile(r"[a-z]+[ ,]")


def for_people(message: str) -> str:
    """The message with labels in place of dotted names, beginning with a capital unless a name comes first."""
    text = _FIELD.sub(_label, message.strip())
    return text[:1].upper() + text[1:] if _PLAIN_WORD.match(text) else text


def _label(found: re.Match[str]) -> str:
    section, _, name = found.group().partition(".")
    return f"“{field_info(section, name).label}”"
