"""Settings of the data: where it comes from, how it is cut, scaled and split."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config.fields import Section, option

KINDS = ("series", "text", "sequences", "labelled_text", "pairs")
ROLES = ("time", "target", "input", "label", "text", "sequence", "split", "ignored")  # of columns
SYMBOLS = ("characters", "words", "spaces", "bytes")


@dataclass(frozen=True, slots=True)
class DataConfig(Section):
    """Where the sequences come from and how they are cut, scaled and split."""

    SECTION = "data"

    sample: str = option("", "Sample", "Name of a sample that ships with the workbench; empty when a file is used.")
    file: str = option("", "File", "Path of the data file; empty when a sample is used.")
    encoding: str = option(
        "", "Encoding", "How the bytes of the file stand for letters, as in utf-8 or cp1252; empty finds out."
    )
    delimiter: str = option(
        "",
        "Delimiter",
        "What stands between two cells: a character or several, as ::, or tab; empty finds out.",
        advanced=True,
    )
    quotes: str = option(
        "auto",
        "Quotes",
        "Whether cells may stand in quotation marks; none takes the marks as text, as free text with stray ones needs.",
        choices=("auto", "none"),
        advanced=True,
    )
    decimal: str = option(
        "auto",
        "Decimal mark",
        "What stands before the decimals of a number.",
        choices=("auto", "point", "comma"),
        advanced=True,
    )
    header: str = option(
        "auto", "Header", "Whether the first line names the columns.", choices=("auto", "yes", "no"), advanced=True
    )
    sheet: str = option(
        "",
        "Sheet",
        "Which sheet of a workbook, or file of an archive, is read; "
        "empty takes the first sheet that holds a table, and the largest file.",
        advanced=True,
    )
    layout: str = option(
        "auto",
        "Layout",
        "Whether dates, months or hours that run across become rows, and blanks what stands above them; or all stays.",
        choices=("auto", "columns"),
        advanced=True,
    )
    no_value: tuple[str, ...] = option(
        (),
        "No value",
        "Numbers or words that stand for a missing value in this file, as -999; none alone takes every number and "
        "word as it is.",
        advanced=True,
    )
    first_year: int = option(
        0,
        "First year",
        "Years written with two digits are of the hundred that begin with it, as 1950; 0 finds out from the data.",
        minimum=0,
        maximum=2100,
        advanced=True,
    )
    kind: str = option(
        "series",
        "Kind of data",
        "Numbers over time, running text, sequences with a label each or a label a step, texts with a label, or pairs "
        "of what is read and the text that is written.",
        choices=KINDS,
    )
    time_column: str = option("", "Time column", "Column with the dates or the order of the rows; empty for row order.")
    targets: tuple[str, ...] = option(
        (),
        "Targets",
        "Columns to be predicted; of sequences and texts those that say with 1 or 0 whether one of several labels is "
        "there, in the place of a label.",
    )
    inputs: tuple[str, ...] = option(
        (),
        "Inputs",
        "Columns that are read; of a series, beside the targets' own past. Of words, as kinds of weather, each is an "
        "input of 1 and 0.",
    )
    label: str = option("", "Label", "Column with the class or the value that answers a sequence, a step or a text.")
    text_column: str = option("", "Text", "Column with the texts that have a label.")
    tokens: str = option(
        "characters",
        "Tokens",
        "What a text is cut into: characters, words, or bytes. Bits per character of running text stay comparable.",
        choices=("characters", "words", "bytes"),
    )
    vocabulary_size: int = option(
        0,
        "Vocabulary",
        "The commonest tokens that are told apart; all others are one unknown token. 0 keeps all.",
        unit="tokens",
        minimum=0,
        maximum=1_000_000,
    )
    minimum_count: int = option(
        1,
        "Least count",
        "How often a token must occur in the training part to be told apart; of running text by words, 2 or more "
        "teaches the network what to expect of a word that it does not know.",
        minimum=1,
        maximum=1_000_000,
    )
    answer: str = option(
        "auto",
        "Answer",
        "Whether the label names a class, is a number on a scale, or is any number of labels, as a;b; auto takes few "
        "whole numbers and words as classes, and names that come again in other cells as labels.",
        choices=("auto", "class", "value", "labels"),
    )
    sequence_column: tuple[str, ...] = option(
        (),
        "Sequence column",
        "Column that says which sequence, or which of several series, a row belongs to, or several that say so "
        "together, as shop and product; empty where a row is a whole sequence, or all are one.",
    )
    channels: int = option(
        0,
        "Numbers a step",
        "Where a row holds a whole sequence: how many of its numbers make one step. 0: each row is one step.",
        minimum=0,
        maximum=1_000_000,
    )
    categories: str = option(
        "one_hot",
        "Categories",
        "How words go in: an input for each, or an embedding that is learned (for a single column of words).",
        choices=("one_hot", "embedding"),
    )
    look_back: int = option(
        24,
        "Look-back",
        "How many past steps the network reads before it answers.",
        unit="steps",
        minimum=1,
        maximum=100_000,
    )
    horizon: int = option(
        1,
        "Horizon",
        "How many steps ahead the answer lies; 1 is the next step.",
        unit="steps",
        minimum=1,
        maximum=10_000,
    )
    steps: int = option(
        1,
        "Forecast length",
        "How many steps ahead are forecast, each of them, from the next one on; 1 forecasts the one at the horizon.",
        unit="steps",
        minimum=1,
        maximum=1_000,
    )
    strategy: str = option(
        "direct",
        "Strategy",
        "How a network that answers once forecasts several steps: recursive feeds its own forecast back, direct has an "
        "output for each step. An encoder–decoder writes them one after the other.",
        choices=("recursive", "direct"),
        needs=(("steps", range(2, 1_001)),),
    )
    known_inputs: tuple[str, ...] = option(
        (),
        "Known ahead",
        "Inputs whose future is known when the forecast is made, as a calendar or a price plan is: read up to the row "
        "that is answered. Rows behind the last target say them.",
        advanced=True,
    )
    stride: int = option(
        1, "Stride", "Distance between the starts of two training windows.", unit="steps", minimum=1, maximum=100_000
    )
    transform: str = option(
        "none",
        "Transform",
        "Applied before scaling and undone on the answer: logarithm for growth in per cent, difference for trends.",
        choices=("none", "log", "difference", "log_difference"),
    )
    seasonal_difference: bool = option(
        False,
        "Seasonal difference",
        "The change from the same time a season before stands for the value, with whatever the transform does besides; "
        "undone on the answer. It reads a season more of the past.",
    )
    scaler: str = option(
        "standard",
        "Scaler",
        "Brings each column to a common range; fitted on the training part only.",
        choices=("standard", "minmax", "none"),
    )
    scaled_by: str = option(
        "series",
        "Scaled by",
        "Where a file holds several series: whether each has a scaler of its own, or all have one.",
        choices=("series", "all"),
    )
    missing: str = option(
        "linear",
        "Missing values",
        "Fill a gap from the last value, along a line, from the last season, or leave it out of the loss.",
        choices=("forward", "linear", "seasonal", "mask"),
    )
    missing_inputs: bool = option(
        False,
        "Was-missing inputs",
        "For each column of a series with gaps in its training part a further input: 1 where the value was missing and "
        "has been filled, 0 where it was measured.",
    )
    season: int = option(
        0,
        "Season",
        "Steps in one season, for the seasonal forecast and difference; 0 finds it from the dates.",
        unit="steps",
        minimum=0,
        maximum=100_000,
    )
    split: str = option(
        "time",
        "Split",
        "What is held out: the end of the file; whole sequences at random; the same with each class's share kept; or "
        "what a column says.",
        choices=("time", "sequence", "stratified", "column"),
    )
    split_column: str = option(
        "", "Split column", "Column that says train, validation or test, where the split is by column."
    )
    validation: float = option(
        0.15, "Validation part", "Below 1 a share of all steps, from 1 on a number of steps.", minimum=0.0, maximum=1e9
    )
    test: float = option(
        0.15,
        "Test part",
        "The last steps, never trained on. Below 1 a share, from 1 on a number of steps.",
        minimum=0.0,
        maximum=1e9,
    )
    sequence_length: int = option(
        100,
        "Sequence length",
        "Steps a sequence holds at most; longer ones are cut.",
        unit="steps",
        minimum=2,
        maximum=100_000,
    )
    length: int = option(
        50,
        "Length",
        "Steps of each generated sequence; of a generated series, its rows.",
        unit="steps",
        minimum=4,
        maximum=1_000_000,
        scale="log",
        slides=(4, 4_000),
    )
    sequences: int = option(
        10_000,
        "Sequences",
        "Training sequences generated anew for every epoch.",
        unit="sequences",
        minimum=10,
        maximum=10_000_000,
    )
    noise: float = option(
        0.0,
        "Noise",
        "Deviation of the noise added to generated numbers; of symbols, the share that is replaced at random.",
        minimum=0.0,
        maximum=100.0,
        slides=(0.0, 1.0),
    )
    source_symbols: str = option(
        "characters",
        "Read by",
        "What one step of a text that is read is: a character, a word or mark, what stands between spaces, or a byte.",
        choices=SYMBOLS,
    )
    target_symbols: str = option(
        "characters",
        "Write by",
        "What one step of a text that is written is: a character, a word or mark, what stands between spaces, or a "
        "byte.",
        choices=SYMBOLS,
    )
    judge: str = option(
        "exact match",
        "Judged by",
        "How texts that are written are judged: share that is right to the last symbol, share of symbols that have to "
        "be changed, BLEU as for translations, or how surprising the right symbols are, in bits.",
        choices=("exact match", "symbol error rate", "BLEU", "bits per symbol"),
    )
