"""What is made of the numbers of a run in plain language."""
