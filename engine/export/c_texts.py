"""Whole texts in C: UTF-8 in, UTF-8 out, where symbols are characters or stand between spaces."""

from __future__ import annotations

_READ_CHARACTERS = """
/* A text in UTF-8, without white space at its ends. Returns 0 where there is no room for all of it. */
static inline int {name}_read_text({name}_state *state, const char *text)
{{
    while (*text) {{
        char symbol[5] = {{0}};
        int size = 0;
        do symbol[size++] = *text++;
        while (size < 4 && ((unsigned char)*text & 0xC0) == 0x80);
        if (!{name}_read(state, {name}_source_token(symbol))) return 0;
    }}
    return {name}_read(state, {upper}_STOP);
}}
"""
_READ_SPACED = """
/* A text in UTF-8, its symbols with spaces between. Returns 0 where there is no room for all of it. */
static inline int {name}_read_text({name}_state *state, const char *text)
{{
    while (*(text += strspn(text, " \\t\\r\\n"))) {{
        const size_t size = strcspn(text, " \\t\\r\\n");
        char symbol[64] = {{0}}; /* a longer one is unknown */
        if (size < sizeof symbol) memcpy(symbol, text, size);
        if (!{name}_read(state, {name}_source_token(symbol))) return 0;
        text += size;
    }}
    return {name}_read(state, {upper}_STOP);
}}
"""
_WRITE_TEXT = """
/* All that is written, in UTF-8, as far as there is room; returns the bytes of it without the zero behind. */
static inline size_t {name}_write_text({name}_state *state, char *text, size_t room)
{{
    size_t used = 0;
    if (!room) return 0;
    text[0] = 0;
    for (int k = 0; k < {upper}_LIMIT; k++) {{
        const int32_t token = {name}_write(state);
        if (token == {upper}_STOP) break;
        const char *symbol = {name}_written[token];
        const size_t size = strlen(symbol){space_size};
        if (used + size + 1 > room) break;
{space}        strcpy(text + used, symbol);
        used = strlen(text);
    }}
    return used;
}}
"""
_SPACE = "        if (used) text[used++] = 32;\n"


_READERS = {"characters": _READ_CHARACTERS, "spaces": _READ_SPACED}
TEXT_LEVELS = _READERS.keys()  # how texts are cut that a header can cut and put together


def text_functions(read: str, written: str, words: dict[str, str]) -> list[str]:
    """``…_read_text`` and ``…_write_text``, by how what is read and what is written are cut; "" reads no text."""
    found = [_READERS[read].format(**words)] if read in _READERS else []
    if written in _READERS:
        spaced = written == "spaces"
        text = _WRITE_TEXT.format(space=_SPACE if spaced else "", space_size=" + (used > 0)" if spaced else "", **words)
        found.append(text)
    return found
