"""Labelled sequences and texts: read, divided, scored, with simple classifiers beside."""
