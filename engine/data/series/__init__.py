"""Time series, one or several: gaps, windows, forecasts over one step or several, simple forecasts."""
