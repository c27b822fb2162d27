"""How well a few typed letters fit a name: they have to occur in order, and do best at the beginnings of words."""

from __future__ import annotations

_LEAST = 3  # letters of a word that is looked for in sentences


def score(typed: str, name: str) -> int | None:
    """Higher is better; None when the letters do not occur in this order. Blanks in `typed` count for nothing."""
    letters, text = [c for c in typed.casefold() if not c.isspace()], name.casefold()
    if not letters:
        return 0
    whole = text.find(" ".join(typed.casefold().split()))
    points, at = (0 if whole < 0 else 60 - whole if _begins(text, whole) else 4), -1
    for letter in letters:
        found = _next(text, letter, at)
        if found < 0:
            return None
        points += 6 if _begins(text, found) else 4 if found == at + 1 else 0
        at = found
    return points - len(text) // 8


def mentions(typed: str, text: str) -> bool:
    """Whether a word of `text` begins with what was typed, which is three letters at least."""
    wanted, told = " ".join(typed.casefold().split()), text.casefold()
    places = (at for at in range(len(told)) if told.startswith(wanted, at))
    return len(wanted) >= _LEAST and any(_begins(told, at) for at in places)


def _next(text: str, letter: str, after: int) -> int:
    """The letter right behind the last one, else at the beginning of a word, else anywhere."""
    if text[after + 1 : after + 2] == letter:
        return after + 1
    places = [at for at in range(after + 1, len(text)) if text[at] == letter]
    return next((at for at in places if _begins(text, at)), places[0] if places else -1)


def _begins(text: str, at: int) -> bool:
    return at == 0 or not text[at - 1].isalnum()
