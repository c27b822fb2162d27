"""Pairs of what is read and what is written: translation, spelling, captions, tunes."""
