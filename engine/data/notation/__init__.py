"""How numbers, dates and letters are written, before anything is known of the table that they stand in."""
