"""From a file to batches, and from a network's answers back to the file's own units."""

from engine.data.batches import Batch, PairBatch
from engine.data.dataset import Dataset, Scorer, WritingScorer
from engine.data.errors import DataError
from engine.data.files.dialect import READING, Reading
from engine.data.guess import Suggestion
from engine.data.inspection import Inspection, inspect_file, peek
from engine.data.kept_apart import kept_apart
from engine.data.loading import load
from engine.data.pairs.pairs_preparation import PairsPreparation
from engine.data.preparation import Preparation
from engine.data.roles import assigned, with_roles
from engine.data.samples import Sample, sample, samples
from engine.data.sequences.labelled_text import LabelledTextPreparation
from engine.data.sequences.sequence_preparation import SequencePreparation
from engine.data.series.series_preparation import SeriesPreparation
from engine.data.suggestion import SAID, suggest
from engine.data.texts.text_preparation import TextPreparation
from engine.data.under_way import heard, reading_progress, stop_reading
from engine.data.understanding import understand

__all__ = [
    "READING",
    "SAID",
    "Batch",
    "DataError",
    "Dataset",
    "Inspection",
    "LabelledTextPreparation",
    "PairBatch",
    "PairsPreparation",
    "Preparation",
    "Reading",
    "Sample",
    "Scorer",
    "SequencePreparation",
    "SeriesPreparation",
    "Suggestion",
    "TextPreparation",
    "WritingScorer",
    "assigned",
    "heard",
    "inspect_file",
    "kept_apart",
    "load",
    "peek",
    "reading_progress",
    "sample",
    "samples",
    "stop_reading",
    "suggest",
    "understand",
    "with_roles",
]
