"""What a trained model is asked with, and how its answers are shown."""
