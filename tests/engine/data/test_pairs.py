from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.config import Experiment
from engine.data import Batch, DataError, PairBatch, PairsPreparation, Preparation, load, suggest
from engine.data.pairs.pairs_dataset import PairsDataset
from engine.data.pairs.pairs_scoring import PairsScorer
from engine.data.pairs.pairs_suggestion import suggest_pairs
from engine.data.pairs.text_scores import edit_distance
from engine.data.tables.opening import open_table
from engine.data.texts.vocabulary import START, STOP
from tests.engine.data.making import Write

PARTS = ("train", "validation", "test")


def table(rows: int = 40) -> str:
    """Sources that come twice each, in different spellings, with targets that tell them apart."""
    lines = [
        f"{'word' if row % 2 else 'WORD'} {row // 2}\t{row} out\t{row % 7}\t{'xyz'[row % 3]}" for row in range(rows)
    ]
    return "\n".join(["source\ttarget\tnumber\tkind", *lines]) + "\n"


def pairs(path: Path, **changes: Any) -> PairsDataset:
    settings: dict[str, Any] = {
        "data.file": str(path), "data.kind": "pairs", "data.inputs": "source", "data.targets": "target",
        "data.source_symbols": "words", "data.validation": 0.2, "data.test": 0.2, "model.topology": "encoder_decoder",
    }  # fmt: skip
    dataset = load(Experiment().replace(settings | changes))
    assert isinstance(dataset, PairsDataset)
    return dataset


def test_pairs_that_read_the_same_stay_in_one_part(write: Write) -> None:
    dataset = pairs(write("a.tsv", table()))
    read = {part: {label.lower() for label in dataset.labels(part)} for part in PARTS}
    assert sum(len(labels) for labels in read.values()) == 20
    assert sum(dataset.count(part) for part in PARTS) == 40
    assert all(dataset.count(part) for part in PARTS)
    assert pairs(write("b.tsv", table())).rows["test"].tolist() == dataset.rows["test"].tolist()


def test_a_batch_is_told_what_came_before_and_ends_with_a_stop(write: Write) -> None:
    dataset = pairs(write("a.tsv", table()))
    symbols = dataset.preparation.symbols
    for batch in dataset.batches("train", 7, seed=1, epoch=2):
        assert (np.diff(batch.lengths) <= 0).all()
        for b, position in enumerate(batch.positions):
            row = dataset.rows["train"][position]
            end = int(batch.written[b])
            assert symbols.decode(batch.targets[:end, b]) == dataset.pairs.targets[row]
            assert batch.targets[end - 1, b] == STOP
            assert batch.before[0, b] == START
            assert batch.before[1:end, b].tolist() == batch.targets[: end - 1, b].tolist()
            assert batch.weights[:, b].tolist() == [1.0] * end + [0.0] * (len(batch.weights) - end)
            assert dataset.preparation.source is not None
            assert dataset.preparation.source.decode(batch.inputs[:, b]) == dataset.pairs.sources[row]


@pytest.mark.parametrize("part", PARTS)
def test_every_pair_comes_once(write: Write, part: str) -> None:
    dataset = pairs(write("a.tsv", table()))
    found = [batch.positions for batch in dataset.batches(part, 3, seed=5, epoch=1)]
    assert len(found) == dataset.batch_count(part, 3)
    assert sorted(np.concatenate(found).tolist()) == list(range(dataset.count(part)))


def test_what_is_looked_at_is_spread_over_the_part_with_the_longest_first(write: Write) -> None:
    data = pairs(write("pairs.csv", table(200)))
    part = data.pinned_part
    assert part == "validation"
    assert len(data.looked_at) == len(set(data.looked_at)) == 12
    assert {0, data.count(part) - 1} <= set(data.looked_at)
    assert (np.diff(data.looked_at[1:]) > 0).all()
    lengths = [len(data.written[row]) for row in data.rows[part][data.looked_at]]
    assert lengths[0] == max(lengths) > min(lengths)
    np.testing.assert_array_equal(data.pinned().positions, data.looked_at[:1])
    few = pairs(write("few.csv", table(20)))
    assert sorted(few.looked_at) == list(range(few.count(few.pinned_part)))


def test_the_vocabulary_comes_from_the_training_part(write: Write) -> None:
    lines = [f"w{row}\t{'é' if row == 7 else 'a'}b" for row in range(30)]
    path = write("a.tsv", "\n".join(["s\tt", *lines]) + "\n")
    dataset = pairs(path, **{"data.inputs": "s", "data.targets": "t"})
    row = next(part for part in PARTS if 7 in dataset.rows[part])
    assert ("é" in dataset.preparation.symbols.symbols) == (row == "train")
    assert any("symbols that the training part lacks" in note for note in dataset.notes())


def test_changing_held_out_pairs_changes_nothing_that_training_sees(write: Write) -> None:
    first = pairs(write("a.tsv", table()))
    held_out = set(first.rows["test"].tolist()) | set(first.rows["validation"].tolist())
    lines = table().splitlines()
    changed = [
        line if not row or row - 1 not in held_out else line.replace(" out", " QQQ ø") for row, line in enumerate(lines)
    ]
    second = pairs(write("b.tsv", "\n".join(changed) + "\n"))
    assert second.preparation.metadata() == first.preparation.metadata()
    for one, other in zip(first.batches("train", 8, 1, 1), second.batches("train", 8, 1, 1), strict=True):
        np.testing.assert_array_equal(one.inputs, other.inputs)
        np.testing.assert_array_equal(one.targets, other.targets)


def test_a_vector_holds_numbers_and_categories(write: Write) -> None:
    path = write("a.tsv", table())
    dataset = pairs(path, **{"model.topology": "one_to_many", "data.inputs": "number,kind"})
    batch = next(dataset.batches("train", 5))
    assert batch.inputs.shape == (1, 5, 4)
    assert dataset.input_size == 4
    assert not dataset.tokens
    assert set(np.unique(batch.inputs[0, :, 1:])) <= {0.0, 1.0}
    everything = np.concatenate([b.inputs[0] for b in dataset.batches("train", 64)])
    assert everything[:, 0].mean() == pytest.approx(0, abs=1e-6)


def test_where_only_categories_are_read_the_same_target_stays_in_one_part(write: Write) -> None:
    lines = [f"{'xyz'[row % 3]}\ttune {row // 4}" for row in range(40)]
    path = write("a.tsv", "\n".join(["kind\ttune", *lines]) + "\n")
    dataset = pairs(path, **{"model.topology": "one_to_many", "data.inputs": "kind", "data.targets": "tune"})
    tunes = [{dataset.pairs.targets[row] for row in dataset.rows[part]} for part in PARTS]
    assert sum(map(len, tunes)) == len(set().union(*tunes)) == 10
    assert all(tunes)


def test_the_preparation_travels_with_the_weights(write: Write) -> None:
    for topology, inputs in (("encoder_decoder", "source"), ("one_to_many", "number,kind")):
        dataset = pairs(write("a.tsv", table()), **{"model.topology": topology, "data.inputs": inputs})
        back = Preparation.from_metadata(dataset.metadata())
        assert isinstance(back, PairsPreparation)
        assert back.metadata() == dataset.metadata()
        first, second = (some.encode(dataset.pairs) for some in (back, dataset.preparation))
        assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def score(dataset: PairsDataset, written: dict[int, str]) -> dict[str, float]:
    """Scores of texts written for the test part, the loss left at that of a guess."""
    scorer = dataset.scorer("test")
    for batch in dataset.batches("test", 4):
        assert isinstance(batch, Batch)
        assert isinstance(batch, PairBatch)
        values = np.zeros((*batch.targets.shape, dataset.output_size), np.float32)
        scorer.add(batch, values)
        texts = [dataset.preparation.symbols.encode(written[int(p)])[:-1] for p in batch.positions]
        scorer.add_free(batch, values, texts)  # type: ignore[attr-defined]
    return dict(scorer.result())


def test_what_is_written_is_judged(write: Write) -> None:
    dataset = pairs(write("a.tsv", table()))
    truth = {k: dataset.pairs.targets[row] for k, row in enumerate(dataset.rows["test"])}
    perfect = score(dataset, truth)
    assert perfect["exact match"] == 1.0
    assert perfect["symbol error rate"] == 0.0
    assert perfect["bits per symbol"] == pytest.approx(np.log2(dataset.output_size))
    assert perfect["free-running loss"] == pytest.approx(np.log(dataset.output_size))
    truth[0] = truth[0][:-1]
    assert score(dataset, truth)["exact match"] == 1 - 1 / len(truth)
    assert score(dataset, truth)["symbol error rate"] > 0


def test_what_is_judged_is_the_text_that_stands_in_a_table_of_answers(write: Write) -> None:
    """Words carry what joins them to their neighbours; two that say the same text of them are no mistake."""
    lines = "\n".join(f"word {row}\tan out-of-{row} and -{row}" for row in range(40))
    dataset = pairs(write("a.tsv", f"source\ttarget\n{lines}\n"), **{"data.target_symbols": "words"})
    symbols, scorer = dataset.preparation.symbols, dataset.scorer("test")
    assert {"￭-￭", "-￭"} <= set(symbols.known)
    batch = next(dataset.batches("test", 1))
    assert isinstance(batch, PairBatch)
    assert isinstance(scorer, PairsScorer)
    written = symbols.numbers(["￭-￭", "￭-￭", "an"])
    values = np.zeros((*batch.targets.shape, dataset.output_size), np.float32)
    scorer.add(batch, values)
    scorer.add_free(batch, values, [written])
    found, wanted = dict(scorer.result()), dataset.pairs.targets[dataset.rows["test"][int(batch.positions[0])]]
    again = edit_distance(list(symbols.cut("--an")), list(symbols.cut(wanted)))
    assert found["symbol error rate"] == again / len(symbols.cut(wanted))
    assert symbols.decode(written) == "--an"


def test_baselines_are_scored_in_the_same_metric(write: Write) -> None:
    for judge in ("exact match", "symbol error rate", "bits per symbol"):
        found = dict(pairs(write("a.tsv", table()), **{"data.judge": judge}).baselines("test"))
        wanted = (
            {"n-gram of order 2"}
            if judge.startswith("bits")
            else {"commonest text", "copy of the source", "nearest source"}
        )
        assert wanted <= found.keys()
        assert all(np.isfinite(value) for value in found.values())


def test_the_nearest_source_is_the_fewest_letters_away(write: Write) -> None:
    lines = [f"{'a' * (row + 1)}\t{row}" for row in range(40)]
    path = write("a.tsv", "\n".join(["s\tt", *lines]) + "\n")
    dataset = pairs(path, **{"data.inputs": "s", "data.targets": "t", "data.judge": "exact match"})
    assert dict(dataset.baselines("test"))["nearest source"] == 0.0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"data.inputs": ""}, "what is read and what is written"),
        ({"data.targets": "source"}, "cannot be both read and written"),
        ({"data.inputs": "sorce"}, "did you mean 'source'"),
        ({"data.inputs": "source,kind"}, "reads one column of text"),
        ({"model.topology": "many_to_one"}, "choose encoder_decoder or one_to_many"),
        ({"data.test": 0.9, "data.validation": 0.2}, "nothing is left"),
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence(write: Write, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(DataError, match=words):
        pairs(write("a.tsv", table()), **changes)


def test_too_many_categories_are_refused(write: Write) -> None:
    lines = [f"w{row}\t{row}" for row in range(300)]
    path = write("a.tsv", "\n".join(["s\tt", *lines]) + "\n")
    with pytest.raises(DataError, match="300 different texts, too many"):
        pairs(path, **{"data.inputs": "s", "data.targets": "t", "model.topology": "one_to_many"})


def test_blank_cells_leave_a_row_out_and_say_so(write: Write) -> None:
    dataset = pairs(write("a.tsv", table() + "\tempty\t1\tx\nword 99\t\t2\ty\n"))
    assert len(dataset.pairs) == 40
    assert any("2 rows left out" in note for note in dataset.notes())


def test_two_columns_of_texts_are_taken_as_pairs(write: Write) -> None:
    lines = [f"the number {row}\t{chr(97 + row) * 3}" for row in range(20)]
    found = suggest(write("a.tsv", "\n".join(["en\tcode", *lines]) + "\n"))
    data = found.experiment.data
    assert (data.kind, data.inputs, data.targets) == ("pairs", ("en",), ("code",))
    assert (data.source_symbols, data.target_symbols) == ("words", "characters")
    assert load(found.experiment).count("train") > 0
    assert any("encoder–decoder" in note for note in found.notes)


def test_a_column_of_few_words_is_no_text_to_write(write: Write) -> None:
    lines = [f"a review, number {chr(97 + row)}\t{['good', 'bad'][row % 2]}" for row in range(20)]
    path = write("a.tsv", "\n".join(["review\tmood", *lines]) + "\n")
    with open_table(path) as found:
        assert suggest_pairs(found) is None
