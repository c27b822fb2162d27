"""Networks that read one thing and write a sequence: encoder and decoder, with attention between them or without."""
