"""A folder of files as one table: a file for each sequence, or for each text."""

from __future__ import annotations

import csv
from pathlib import Path

from engine.data.errors import DataError
from engine.data.files.dialect import Dialect, Reading, csv_relation, dialect_notes, dialect_remarks
from engine.data.files.encoding import LONGEST_LINE, scan
from engine.data.files.folders import COLUMNS, are_texts, files_of, named, text_of, without_rows
from engine.data.files.sniffing import sniffed
from engine.data.files.source import Source, plain_path
from engine.data.files.temporary import temporary_file
from engine.data.notation.quoting import literal
from engine.wording.counting import counted


def folder_table(path: Path, reading: Reading) -> Source:
    """A file for each sequence; how they are written is found out from the first of them."""
    files = files_of(path)
    names = named(path, files)
    if are_texts(files):
        return _texts(files, names, reading)
    for file in files:
        found = scan(plain_path(file))
        if not found.utf8 or found.longest > LONGEST_LINE:
            raise DataError(f"{file} cannot be read with the others of its folder; save it as a table in UTF-8.")
    dialect = sniffed(files[0], "utf-8", files[0].name, reading)
    if taken := set(COLUMNS) & set(dialect.columns):
        raise DataError(f"{files[0]}: a column is called {taken.pop()!r}, as is one that the folder gives; rename it.")
    with temporary_file(".csv") as index:
        csv.writer(index, lineterminator="\n").writerows([str(f), *own] for f, own in zip(files, names, strict=True))
    told = f"read_csv({literal(index.name)}, header = false, names = ['f', 'sequence', 'label'], all_varchar = true)"
    rows = csv_relation(files, dialect).removesuffix(")") + ", filename = 'f')"
    step = "row_number() OVER (PARTITION BY f ORDER BY place)"
    relation = (
        f"(SELECT sequence, label, CAST({step} AS VARCHAR) AS step, rows.* EXCLUDE (f, place) "
        f"FROM (SELECT *, row_number() OVER () AS place FROM {rows}) AS rows JOIN {told} USING (f) ORDER BY place)"
    )
    size, empty = sum(file.stat().st_size for file in files), without_rows(files, dialect)
    notes = [
        f"{counted(len(files), 'file')}, one for each sequence",
        *dialect_notes(dialect),
        *dialect_remarks(dialect),
    ]
    if empty:
        notes.append(f"{counted(len(empty), 'file')} with no rows left out, as {empty[0]}")
    return Source(relation, size, dialect, True, Path(index.name), notes)


def _texts(files: tuple[Path, ...], names: list[tuple[str, str]], reading: Reading) -> Source:
    """A row for each text, with what the folder or the name says of it."""
    with temporary_file(".csv") as plain:
        source = Source("", 0, None, True, Path(plain.name))
        try:
            rows = csv.writer(plain, lineterminator="\n")
            rows.writerow(["file", "label", "text"])
            rows.writerows([*own, text_of(file, reading.encoding)] for file, own in zip(files, names, strict=True))
        except BaseException:
            source.close()
            raise
    source.size = Path(plain.name).stat().st_size
    source.notes = [f"{counted(len(files), 'file')}, a text each"]
    source.dialect = Dialect("utf-8", ",", '"', '"', True, 0, "", "\\n", ("file", "label", "text"), "")
    source.relation = csv_relation(Path(plain.name), source.dialect)
    return source
