"""A network without memory on the same windows, and what memory is worth beside it."""
