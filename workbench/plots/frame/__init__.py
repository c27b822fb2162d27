"""What stands around a picture, and the ways out of it."""
