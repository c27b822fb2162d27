"""Files of data in every form, and the whole way from one of them to the first batch."""

from __future__ import annotations

import gzip
import io
import json
import math
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np

from engine.data import DataError, load, understand
from tests.engine.data.making import table as monthly
from tests.engine.data.test_excel import workbook
from tests.engine.data.test_labelled_text import reviews
from tests.engine.data.test_pairs import table as pairs
from tests.engine.data.test_sequences import long_table, recording, wide_table

_HEAD = 20
_FOLDER = "a folder of sequences"


def to_the_first_batch(path: Path) -> None:
    """Look into a file, take what it suggests, load it, and cut a batch: nothing may be odd on the way."""
    path = (
        path.parent if path.parent.name == "folder" else path.parents[1] if path.parents[1].name == "folder" else path
    )
    found = understand(path, {}, _HEAD)
    inspection = found.inspection
    assert inspection.rows >= 0
    assert all(len(row) == max(len(inspection.columns), 1) for row in inspection.head)
    json.dumps(inspection.to_json())
    if found.suggestion is None:
        raise DataError(found.notes[0])
    dataset = load(found.suggestion.experiment)
    batch = next(iter(dataset.batches("train", 8)))
    assert batch.inputs.size
    assert np.isfinite(batch.inputs).all()
    assert np.isfinite(batch.targets[batch.weights > 0]).all()
    assert all(words.strip() for words in dataset.notes())


def _tables(folder: Path) -> list[Path]:
    sales = "".join(
        f"{store};{d:02d}.03.2020;{d * 1.5:.2f}".replace(".5", ",5") + "\n" for store in "ab" for d in range(1, 29)
    )
    texts = {
        "dated.csv": monthly(),
        "stores.csv": f"store;day;sales\n{sales}",
        "long.csv": long_table(),
        "wide.csv": wide_table(),
        "recording.csv": recording(),
        "reviews.csv": reviews(),
        "pairs.tsv": pairs(),
        "meter.csv": _meter(),
        "months.csv": f"year,{','.join(map(str, range(1, 13)))}\n"
        + "".join(f"{year},{'1.5,' * 11}2\n" for year in range(1950, 1990)),
    }
    return [_written(folder / name, text.encode()) for name, text in texts.items()]


def _meter() -> str:
    """A title, a date and a clock, units beside numbers, and notes below."""
    rows = "".join(f"{1 + n // 24:02d}.03.2020;{n % 24}:00;{n % 7},5 kWh;(1.{n:03d},50)\n" for n in range(96))
    return f"Meter 5;;;\nDay;Clock;Use;Owed\n{rows}Total;;5;\nSource: the office\n"


def _archives(folder: Path) -> list[Path]:
    numbers = [",".join(f"{math.sin(n / 9 + k):.3f}" for n in range(24)) for k in range(24)]
    steps = "".join(f"{n},{n % 7}.5,{'ab'[n // 9 % 2]}\n" for n in range(120))
    head = "".join(f"@attribute {name} {kind}\n" for name, kind in (("t", "real"), ("v", "real"), ("c", "{a,b}")))
    texts = {
        "a.arff": f"@relation r\n{head}@data\n{steps}",
        "a.ts": "@problemName p\n@classLabel true 1 2\n@data\n"
        + "".join(f"{n}:{k % 2}\n" for k, n in enumerate(numbers)),
        "a.tsf": "@relation r\n@attribute name string\n@attribute start_timestamp date\n@frequency daily\n@data\n"
        + "".join(f"T{k}:1996-03-18 00-00-00:{n}\n" for k, n in enumerate(numbers)),
    }
    return [_written(folder / name, text.encode()) for name, text in texts.items()]


def _texts(folder: Path) -> list[Path]:
    text = "Être, ou ne pas être : c’est là la question.\n" * 40
    encodings = {"a.txt": "utf-8", "b.txt": "cp1252", "c.txt": "utf-16", "d.csv": "utf-16-le", "e.csv": "cp1252"}
    return [_written(folder / name, text.encode(encoding)) for name, encoding in encodings.items()]


def _json(folder: Path) -> list[Path]:
    records = [{"day": f"2020-01-{d:02d}", "sales": d / 2, "at": {"x": d, "y": [d]}} for d in range(1, 29)]
    lines = "".join(json.dumps(record) + "\n" for record in records)
    document = {"unit": "m", "hourly": {"time": [r["day"] for r in records], "level": [r["sales"] for r in records]}}
    texts = {"a.jsonl": lines, "a.json": json.dumps(records), "b.json": json.dumps(document)}
    return [_written(folder / name, text.encode()) for name, text in texts.items()]


def _excel(folder: Path) -> list[Path]:
    rows: list[list[object]] = [["year", "level", "kind"], *([1960 + n, n % 7 + 0.25, "ab"[n % 2]] for n in range(40))]
    return [_written(folder / "a.xlsx", workbook(empty=[], figures=rows)), _written(folder / "b", workbook(one=rows))]


def _parquet(folder: Path) -> list[Path]:
    paths = [folder / f"{codec}.parquet" for codec in ("uncompressed", "zstd")]
    for path in paths:
        duckdb.sql(
            "COPY (SELECT DATE '2020-01-01' + i::INTEGER AS day, sin(i) AS v, 'w' || i % 3 AS w FROM range(60) t(i)) "
            f"TO '{path}' (FORMAT parquet, COMPRESSION {path.stem})"
        )
    return paths


def _packed(folder: Path) -> list[Path]:
    """Archives of two tables, and of a folder of sequences; a table alone."""
    tables = {"a/dated.csv": monthly(), "notes/long.csv": long_table()}
    rows = [f"{math.sin(n):.3f},{n % 3}\n" * 6 for n in range(12)]
    several = {f"{'run' if n % 2 else 'walk'}/{n}.csv": f"x,y\n{own}" for n, own in enumerate(rows)}
    paths = [_zipped(folder / "tables.zip", tables), _zipped(folder / "several.zip", several)]
    with tarfile.open(folder / "tables.tar", "w") as tape:
        for name, text in tables.items():
            info = tarfile.TarInfo(name)
            info.size = len(text)
            tape.addfile(info, io.BytesIO(text.encode()))
    return [*paths, folder / "tables.tar", _written(folder / "a.csv.gz", gzip.compress(monthly().encode()))]


def _zipped(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def _folder(folder: Path) -> list[Path]:
    paths = [folder / _FOLDER / ("run" if n % 2 else "walk") / f"{n}.csv" for n in range(24)]
    for n, path in enumerate(paths):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x,y\n" + "".join(f"{math.sin(step + n):.3f},{step % 3}\n" for step in range(6)))
    return paths


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


FORMS: dict[str, Callable[[Path], list[Path]]] = {
    "table": _tables,
    "text": _texts,
    "archive": _archives,
    "json": _json,
    "excel": _excel,
    "parquet": _parquet,
    "packed": _packed,
    "folder": _folder,
}
