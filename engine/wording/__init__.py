"""How counts, shares, notes, special symbols and tables are written for a person."""
