import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.config import field_info
from engine.data.symbols import STOP, Symbols, cut, put_together, until_stop

LEVELS = field_info("data", "source_symbols").choices


@pytest.mark.parametrize(
    ("level", "text", "symbols"),
    [
        ("characters", "né à", ["n", "é", " ", "à"]),
        ("words", "vingt et un", ["vingt", "et", "un"]),
        ("words", "quatre-vingt-dix", ["quatre", "￭-￭", "vingt", "￭-￭", "dix"]),
        ("words", 'He said: "No, no!"', ["He", "said", "￭:", '"￭', "No", "￭,", "no", "￭!", '￭"']),
        ("words", "l'eau", ["l", "￭'￭", "eau"]),
        ("spaces", " 74:2  77:0.5 ", ["74:2", "77:0.5"]),
        ("bytes", "é", ["Ã", "©"]),
        ("words", "", []),
    ],
)
def test_texts_are_cut_into_symbols_and_put_together_again(level: str, text: str, symbols: list[str]) -> None:
    assert cut(text, level) == symbols
    assert put_together(symbols, level) == " ".join(text.split())


@pytest.mark.parametrize("level", LEVELS)
@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="￭")))
def test_nothing_is_lost_but_runs_of_white_space(level: str, text: str) -> None:
    back = put_together(cut(text, level), level)
    assert back == (text if level in ("characters", "bytes") else " ".join(text.split()))


def test_what_was_never_seen_is_unknown_and_every_text_ends_with_a_stop() -> None:
    symbols = Symbols.learned(["ab", "ba c"], "characters")
    assert len(symbols) == 3 + 4
    assert symbols.encode("aXb").tolist() == [4, 0, 5, STOP]
    assert symbols.decode([4, 0, 5, STOP, 4]) == "a\ufffdb"
    assert symbols.unknown_in("aXbY") == ("X", "Y")
    assert symbols.shown([3, 4, STOP]) == ("␣", "a", "■")
    assert until_stop(np.array([4, 4], np.int32)) == [4, 4]
    assert Symbols("characters", symbols.names[3:]).names == symbols.names
