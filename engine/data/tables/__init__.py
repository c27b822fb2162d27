"""A table that is open: its columns, their numbers and dates, and what is turned or joined in it."""
