"""States and spectra in a plane."""
