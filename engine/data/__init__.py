"""From a file to batches, and from a network's answers back to the file's own units."""

from engine.data.batches import Batch
from engine.data.dataset import Dataset, Scorer
from engine.data.errors import DataError
from engine.data.inspection import Inspection, inspect_file, peek
from engine.data.loading import load
from engine.data.preparation import Preparation
from engine.data.samples import Sample, sample, samples
from engine.data.series_preparation import SeriesPreparation
from engine.data.series_preview import SeriesPreview, series_preview
from engine.data.suggestion import Suggestion, suggest
from engine.data.text_preparation import TextPreparation

__all__ = [
    "Batch",
    "DataError",
    "Dataset",
    "Inspection",
    "Preparation",
    "Sample",
    "Scorer",
    "SeriesPreparation",
    "SeriesPreview",
    "Suggestion",
    "TextPreparation",
    "inspect_file",
    "load",
    "peek",
    "sample",
    "samples",
    "series_preview",
    "suggest",
]
