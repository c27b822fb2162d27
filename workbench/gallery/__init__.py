"""All views in their places, and the moment of the run and of the sequence that they show."""
