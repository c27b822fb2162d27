import math
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.config import field_info
from engine.data.texts.spelling import Spelling
from engine.data.texts.tokens import counted, cut, put_together
from engine.data.texts.vocabulary import STOP, Vocabulary, until_stop

LEVELS = field_info("data", "source_symbols").choices
EXACT = ("characters", "words", "bytes")


@pytest.mark.parametrize(
    ("level", "text", "symbols"),
    [
        ("characters", "né à", ["n", "é", " ", "à"]),
        ("words", "vingt et un", ["vingt", "et", "un"]),
        ("words", "quatre-vingt-dix", ["quatre", "￭-￭", "vingt", "￭-￭", "dix"]),
        ("words", 'He said: "No, no!"', ["He", "said", "￭:", '"￭', "No", "￭,", "no", "￭!", '￭"']),
        ("words", "l'eau", ["l", "￭'￭", "eau"]),
        ("words", "a\n b ", ["a", "￭\n￭", "￭ ￭", "b", "￭ ￭"]),
        ("words", "a￭b ￭", ["a", "￭￭", "￭b", "￭"]),
        ("spaces", " 74:2  77:0.5 ", ["74:2", "77:0.5"]),
        ("bytes", "é", ["Ã", "©"]),
        ("plain words", "Don't stop, Ünal-Straße 5!", ["don't", "stop", ",", "ünal", "-", "straße", "5", "!"]),
        ("words", "", []),
    ],
)
def test_texts_are_cut_into_symbols(level: str, text: str, symbols: list[str]) -> None:
    assert list(cut(text, level)) == symbols


@pytest.mark.parametrize("level", EXACT)
@given(text=st.text(st.characters(exclude_categories=["Cs"])) | st.text("a1_ \n\t,'￭é "))
def test_symbols_put_together_are_the_very_text(level: str, text: str) -> None:
    assert put_together(cut(text, level), level) == text


@pytest.mark.parametrize("level", LEVELS)
@given(text=st.text(st.characters(exclude_categories=["Cs"])))
def test_a_text_that_ends_loses_nothing_but_runs_of_white_space(level: str, text: str) -> None:
    vocabulary = Vocabulary(level, (), ends=True)
    back = put_together(vocabulary.cut(text), level)
    assert back == (text if level in ("characters", "bytes") else " ".join(text.split()))


def test_what_was_never_seen_is_unknown_and_every_text_ends_with_a_stop() -> None:
    symbols = Vocabulary.learned(["ab", "ba c"], "characters", ends=True)
    assert len(symbols) == 3 + 4
    assert symbols.encode("aXb").tolist() == [4, 0, 5, STOP]
    assert symbols.decode([4, 0, 5, STOP, 4]) == "a\ufffdb"
    assert symbols.unknown_in("aXbY") == ("X", "Y")
    assert symbols.shown([3, 4, STOP]) == ("␣", "a", "■")
    assert until_stop([4, 4]) == [4, 4]
    assert Vocabulary.read(symbols.metadata()).symbols == symbols.symbols


@pytest.mark.parametrize("level", EXACT)
@given(text=st.text(), other=st.text())
def test_numbers_are_the_places_of_the_symbols(level: str, text: str, other: str) -> None:
    vocabulary = Vocabulary.learned([cut(text, level)], level)
    found = vocabulary.encode(other).tolist()
    wanted = [vocabulary.symbols.index(s) if s in vocabulary else 0 for s in cut(other, level)]
    assert found == wanted


def test_the_vocabulary_keeps_the_commonest_and_calls_the_rest_unknown() -> None:
    found = Vocabulary.learned([list("aaabbc"), list("bd")], "characters", size=2, minimum=2)
    assert found.known == ("a", "b")
    assert found.encode("abcz").tolist() == [1, 2, 0, 0]
    assert Vocabulary.learned([list("aab")], "characters", minimum=2).known == ("a",)


def test_bytes_that_are_no_letters_are_shown_by_their_digits() -> None:
    vocabulary = Vocabulary.learned([cut("né", "bytes")], "bytes")
    assert vocabulary.shown(vocabulary.encode("né")) == ("n", "C3", "A9")
    assert vocabulary.decode(vocabulary.encode("né")) == "né"


class Long(str):
    """A text that is not gone through without a pause, in which other threads could do nothing."""

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("the whole text at once")


def test_letters_of_a_long_text_are_counted_piece_by_piece() -> None:
    text = Long("abcab" * 200_001)
    assert counted([text, "ca"]) == {"a": 400_003, "b": 400_002, "c": 200_002}
    assert Vocabulary.learned([text], "characters").known == ("a", "b", "c")
    assert Spelling(text, 0, "characters").bits("a") == pytest.approx(math.log2(2.5), abs=1e-4)
