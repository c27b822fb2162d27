"""The symbols that a network reads or writes, as tables of an exported C header, and how they are looked up."""

from __future__ import annotations

from collections.abc import Sequence

from engine.data import (
    LabelledTextPreparation,
    PairsPreparation,
    Preparation,
    SequencePreparation,
    TextPreparation,
)
from engine.export.remarks import block
from engine.wording.special_symbols import UNKNOWN_NAME

# What a symbol is, by how texts are cut; see `engine.data.texts.tokens`.
CUT = {
    "characters": "A symbol is a Unicode code point, as UTF-8",
    "bytes": "A symbol is a byte, as the UTF-8 of the code point of its number",
    "spaces": "A symbol is what stands between spaces",
    "words": "A symbol is a word, a mark, or white space other than one blank; U+FFED stands on the side on which it "
    "is joined to its neighbour without a blank",
    "plain words": "A symbol is a word in small letters, with the apostrophes inside it, or a mark",
    "category": "A symbol is a word of the column",
}
_TABLE = """
{about}
static const char *const {name}[{count}] = {{
    {rows}
}};

/* The token of a symbol in UTF-8; 0 where it is unknown. */
static inline int32_t {name}_token(const char *symbol)
{{
    for (int32_t token = {special}; token < {count}; token++) {{
        if (strcmp({name}[token], symbol) == 0) return token;
    }}
    return 0;
}}
"""


def read_symbols(preparation: Preparation) -> tuple[str, Sequence[str]]:
    """What a token that is read is, as a key of `CUT`, and the symbols by number, 0 for what is unknown."""
    if isinstance(preparation, PairsPreparation):
        assert preparation.source is not None
        return preparation.source.level, preparation.source.symbols
    if isinstance(preparation, SequencePreparation):
        return "category", (UNKNOWN_NAME, *preparation.words[0][1])
    assert isinstance(preparation, TextPreparation | LabelledTextPreparation)
    return preparation.vocabulary.level, preparation.vocabulary.symbols


def symbol_table(name: str, level: str, symbols: Sequence[str], special: int = 1) -> str:
    """A table of symbols by token, and the way back; the first `special` stand for no symbol."""
    written = [string(symbol) for symbol in symbols]
    lines = [", ".join(written[at : at + 8]) for at in range(0, len(written), 8)]
    return _TABLE.format(
        name=name, about=_about(level, special), special=special, count=len(symbols), rows=",\n    ".join(lines)
    )


def _about(level: str, special: int) -> str:
    first = "What is unknown comes first" if special == 1 else "What is unknown, the start and the stop come first"
    return block(f"{CUT[level]}. {first}.")


def string(text: str) -> str:
    """A string literal of a text's UTF-8: what is not plain ASCII as octal numbers, so that no trigraph begins."""
    plain = [
        chr(byte) if 32 <= byte < 127 and chr(byte) not in '"\\?' else f"\\{byte:03o}"
        for byte in text.encode("utf-8", "surrogatepass")
    ]
    return f'"{"".join(plain)}"'
