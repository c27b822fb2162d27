"""Forecasts in the units of a series, and the intervals around them."""
