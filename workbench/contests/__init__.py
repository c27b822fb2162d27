"""Races and sweeps under way, and what they have come to."""
