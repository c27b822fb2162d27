"""Everything that Numba compiles, apart from the cells' own steps."""
