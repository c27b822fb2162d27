"""Numbers as colours: heat maps over time, of parameters and of spreads, and coloured texts."""
