"""What a trained model is asked: forecasts, text, classes, values, translations, tunes."""
