"""Running text: symbols, vocabulary, n-grams."""
