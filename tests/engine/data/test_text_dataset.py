from __future__ import annotations

import json
import math

import numpy as np
import pytest

from engine.config import DataConfig
from engine.data import Preparation, TextPreparation, load, sample
from engine.data.files.text import Text
from engine.data.texts import vocabulary as vocabulary_module
from engine.data.texts.spelling import Spelling
from engine.data.texts.text_dataset import TextDataset
from engine.data.texts.tokens import cut
from engine.data.texts.vocabulary import Vocabulary

STORY = "".join(chr(97 + (k * k + k // 7) % 23) for k in range(1000))


def text(content: str = STORY, **data: object) -> TextDataset:
    settings: dict[str, object] = {"sequence_length": 20, "validation": 0.1, "test": 0.1} | data
    return TextDataset(Text(content, "utf-8", ()), DataConfig(**settings))  # type: ignore[arg-type]


def test_streams_run_on_from_chunk_to_chunk() -> None:
    data = text()
    chunks = list(data.batches("train", 4, seed=1))
    assert [chunk.continues for chunk in chunks] == [False] + [True] * (len(chunks) - 1)
    for stream in range(4):
        read = data.preparation.decode(np.concatenate([chunk.inputs[:, stream] for chunk in chunks]))
        answers = data.preparation.decode(np.concatenate([chunk.targets[:, stream] for chunk in chunks]))
        assert read in STORY[:800]
        assert answers[:-1] == read[1:]


def test_chunks_begin_elsewhere_in_another_epoch_and_are_the_same_again() -> None:
    def first(epoch: int) -> list[int]:
        return [int(n) for n in next(text().batches("train", 3, seed=1, epoch=epoch)).inputs[:, 0]]

    assert first(0) == first(0)
    assert len({tuple(first(epoch)) for epoch in range(6)}) > 1


@pytest.mark.parametrize("batch_size", [1, 3, 7, 500])
@pytest.mark.parametrize("part", ["validation", "test"])
def test_every_held_out_character_is_scored_exactly_once(part: str, batch_size: int) -> None:
    data = text()
    first, last = data.split.bounds(part)
    seen = [
        (int(answer), weight)
        for batch in data.batches(part, batch_size)
        for answer, weight in zip(batch.targets.T.ravel(), batch.weights.T.ravel(), strict=True)
    ]
    counted = sorted(answer for answer, weight in seen if weight)
    assert counted == sorted(data.preparation.encode(STORY[first:last]).tolist())


@pytest.mark.parametrize("batch_size", [1, 4, 64])
@pytest.mark.parametrize("part", ["train", "validation", "test"])
def test_batches_have_the_promised_count_shape_and_types(part: str, batch_size: int) -> None:
    data = text()
    batches = list(data.batches(part, batch_size))
    assert len(batches) == data.batch_count(part, batch_size)
    for batch in batches:
        assert batch.inputs.shape == batch.targets.shape == batch.weights.shape
        assert (batch.inputs.dtype, batch.targets.dtype) == (np.dtype(np.int32), np.dtype(np.int32))
        assert batch.inputs.flags.c_contiguous
        assert batch.weights.sum() > 0


def test_an_even_guess_scores_the_logarithm_of_the_vocabulary() -> None:
    data = text()
    outputs = [np.zeros((*batch.inputs.shape, data.output_size), np.float32) for batch in data.batches("test", 5)]
    scores = dict(data.score("test", outputs))
    assert scores["bits per character"] == pytest.approx(math.log2(data.output_size))
    assert scores["perplexity"] == pytest.approx(data.output_size)


def test_a_sure_and_right_guess_scores_nothing() -> None:
    data = text()
    outputs = [50.0 * np.eye(data.output_size)[batch.targets] for batch in data.batches("test", 5)]
    assert dict(data.score("test", outputs)) == pytest.approx(
        {"bits per character": 0.0, "perplexity": 1.0, "accuracy": 1.0}
    )


def test_the_held_out_text_changes_nothing_that_training_sees() -> None:
    plain, other = text(), text(STORY[:900] + "ÄÖÜ!" * 25)
    assert plain.metadata() == other.metadata()
    for a, b in zip(plain.batches("train", 4), other.batches("train", 4), strict=True):
        np.testing.assert_array_equal(a.inputs, b.inputs)
        np.testing.assert_array_equal(a.targets, b.targets)
    assert any("held-out characters that are not in the vocabulary: 100 " in note for note in other.notes())


def test_the_pinned_sequence_is_labelled_with_its_characters() -> None:
    data = text()
    assert "".join(data.pinned_labels()) == STORY[799:819]
    assert data.pinned().inputs.shape == (20, 1)
    assert text(validation=0).pinned().inputs.shape[1] == 1


def test_a_passage_begins_like_the_pinned_sequence_and_goes_on_for_some_lines() -> None:
    data = load(sample("alice").experiment)
    assert isinstance(data, TextDataset)
    pinned, passage = data.pinned(), data.passage()
    np.testing.assert_array_equal(passage.inputs[: len(pinned.inputs)], pinned.inputs)
    assert len(passage.inputs) == 256
    np.testing.assert_array_equal(passage.targets[:-1], passage.inputs[1:])
    assert len(text().passage().inputs) == 100  # no longer than what is held out


@pytest.mark.parametrize("content", ["a😀é日" * 300, "אבגד " * 300])
def test_text_of_any_script(content: str) -> None:
    data = text(content)
    assert data.input_size == len(set(content)) + 1
    assert data.preparation.decode(data.preparation.encode(content[:50])) == content[:50]


# --- words and bytes ------------------------------------------------------------------------------------

PROSE = "".join(f"The cat no. {k} said:\n“Café, {['yes', 'no'][k % 2]}!” and  went. " for k in range(60))
UNITS = ("characters", "words", "bytes")


@pytest.mark.parametrize("unit", UNITS)
def test_the_symbols_of_all_parts_are_the_text(unit: str) -> None:
    data = text(PROSE, tokens=unit)
    whole = np.concatenate([data.truth(part) for part in ("train", "validation", "test")]).astype(int)
    known = Vocabulary.learned([cut(PROSE, unit)], unit)
    assert len(data.labels("test")) == data.count("test")
    train = data.preparation.decode(whole[: data.count("train")])
    assert PROSE.startswith(train)
    assert len(whole) == len(known.encode(PROSE.rstrip() if unit == "words" else PROSE))


@pytest.mark.parametrize("unit", UNITS)
def test_an_even_guess_costs_as_many_bits_a_character_as_its_symbols_do(unit: str) -> None:
    data = text(PROSE, tokens=unit)
    outputs = [np.zeros((*batch.inputs.shape, data.output_size), np.float32) for batch in data.batches("test", 5)]
    scores = data.score("test", outputs)
    assert scores[0][0] == data.metric
    letters = len(data._texts["test"])
    spelling = Spelling(data._texts["train"], data.count("train"), unit)
    strange = [s for s in cut(data._texts["test"], unit) if s not in data.vocabulary]
    bits = data.count("test") * math.log2(data.output_size) + sum(map(spelling.bits, strange))
    assert scores[0][1] == pytest.approx(bits / letters, rel=1e-3)
    assert scores[1][0] == {"characters": "perplexity", "words": "perplexity per word"}.get(unit, "perplexity per byte")
    assert scores[1][1] == pytest.approx(data.output_size)


@pytest.mark.parametrize("unit", UNITS)
def test_what_stands_behind_a_border_changes_nothing_before_it(unit: str) -> None:
    cut_off = {"tokens": unit, "vocabulary_size": 12, "minimum_count": 2}
    border = round(len(PROSE) * 0.8)
    plain, other = text(PROSE, **cut_off), text(PROSE[:border] + "Ä" * (len(PROSE) - border), **cut_off)
    assert plain.metadata() == other.metadata()
    for a, b in zip(plain.batches("train", 4), other.batches("train", 4), strict=True):
        np.testing.assert_array_equal(a.inputs, b.inputs)
        np.testing.assert_array_equal(a.targets, b.targets)


def test_a_single_character_that_training_has_not_seen_is_told_as_one() -> None:
    notes = text("a cat and a bat " * 20 + "I", tokens="characters").notes()
    assert notes[-1] == "held-out characters that are not in the vocabulary: 1 ('I')"


@pytest.mark.parametrize("unit", UNITS)
def test_a_smaller_vocabulary_is_not_paid_with_flattery(unit: str) -> None:
    """With everything unknown a guess is always right, but spelling costs."""
    data = text(PROSE, tokens=unit, minimum_count=1_000_000)
    assert data.output_size == 1
    outputs = [np.zeros((*batch.inputs.shape, 1), np.float32) for batch in data.batches("test", 5)]
    assert data.score("test", outputs)[0][1] > 3
    assert data.baselines("test")[0][1] > 3
    assert any("too rare for the vocabulary" in note for note in data.notes())


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("prompt", ["The cat", "The cat ", "The cat\n", "", "Xyz “"])
def test_what_is_written_goes_on_behind_the_prompt(unit: str, prompt: str) -> None:
    preparation = text(PROSE, tokens=unit).preparation
    following = preparation.vocabulary.encode("said no.")
    again = Preparation.from_metadata(json.loads(json.dumps(preparation.metadata())))
    assert isinstance(again, TextPreparation)
    gap = " " if unit == "words" and prompt and not prompt[-1].isspace() else ""
    assert again.after(prompt, following) == f"{gap}said no."
    assert len(again.encode(prompt)) > 0


@pytest.mark.parametrize("content", [STORY[:50], "naïve 日本 \U0001f600 café" * 3, ""])
def test_symbols_have_the_same_numbers_in_pieces_of_any_size(monkeypatch: pytest.MonkeyPatch, content: str) -> None:
    vocabulary = Vocabulary("characters", sorted(set(content[::2])))
    whole = vocabulary.numbers(content)
    assert [vocabulary.symbols[number] for number in whole if number] == [c for c in content if c in set(content[::2])]
    for size in (1, 7):
        monkeypatch.setattr(vocabulary_module, "_AT_ONCE", size)
        np.testing.assert_array_equal(vocabulary.numbers(content), whole)
