"""Which settings of the data stand in the form, and which of them mean something for the data at hand."""

from __future__ import annotations

from engine.config import DataConfig

FIRST = (
    "kind", "text_column", "label", "answer", "targets", "inputs", "sequence_column", "time_column", "channels",
    "look_back", "horizon", "steps", "strategy", "known_inputs", "tokens", "source_symbols", "target_symbols", "judge",
    "sequence_length", "length", "sequences", "noise",
)  # fmt: skip
MORE = (
    "split", "split_column", "validation", "test", "scaler", "scaled_by", "transform", "seasonal_difference", "missing",
    "missing_inputs", "categories", "season", "stride", "vocabulary_size", "minimum_count",
)  # fmt: skip
_OF_KIND = {
    "series": {
        "sequence_column", "scaled_by", "time_column", "targets", "inputs", "look_back", "horizon", "steps", "strategy",
        "known_inputs", "stride", "transform", "seasonal_difference", "scaler", "missing", "missing_inputs", "season",
    },
    "text": {"tokens", "sequence_length", "vocabulary_size", "minimum_count"},
    "sequences": {
        "label", "answer", "targets", "inputs", "sequence_column", "time_column", "channels", "sequence_length",
        "stride", "scaler", "missing", "categories", "minimum_count", "split", "split_column",
    },
    "labelled_text": {
        "text_column", "label", "answer", "targets", "tokens", "sequence_length", "vocabulary_size", "minimum_count",
        "split", "split_column",
    },
    "pairs": {
        "inputs", "targets", "source_symbols", "target_symbols", "judge", "scaler", "vocabulary_size", "minimum_count",
    },
}  # fmt: skip
_ALWAYS = {"kind", "validation", "test"}
_OF_FILES = {"kind", "text_column", "label", "sequence_column", "time_column", "targets", "inputs"}
_STREAM = {"length", "sequences", "noise"}  # sequences without end, no table to cut


def applying(data: DataConfig, *, generated: bool, stream: bool) -> set[str]:
    """Fields that mean something for this kind of data; `stream`: sequences are generated without end."""
    if stream:
        return _STREAM
    fields = _OF_KIND[data.kind] | _ALWAYS | ({"length", "noise"} if generated else set())
    if not data.sequence_column:
        fields = fields - {"scaled_by"}
    if data.steps > 1:
        fields = fields - {"horizon"}
    if not data.inputs:
        fields = fields - {"known_inputs"}
    if data.split != "column":
        fields = fields - {"split_column"}
    return fields - _OF_FILES if generated else fields
