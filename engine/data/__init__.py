"""From a file to batches, and from a network's answers back to the file's own units."""

from engine.data.batches import Batch
from engine.data.dataset import Dataset, Scorer
from engine.data.errors import DataError
from engine.data.loading import load
from engine.data.preparation import Preparation, SeriesPreparation, TextPreparation
from engine.data.samples import Sample, sample, samples
from engine.data.suggestion import Suggestion, suggest

__all__ = [
    "Batch",
    "DataError",
    "Dataset",
    "Preparation",
    "Sample",
    "Scorer",
    "SeriesPreparation",
    "Suggestion",
    "TextPreparation",
    "load",
    "sample",
    "samples",
    "suggest",
]
