"""From bytes to rows: what a file is, how it is packed and written, and what stands about its table."""
