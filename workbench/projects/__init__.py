"""What is saved of a person's work: projects, and what was not saved yet."""
