"""Tasks whose data are generated, with the answer of what remembers nothing."""
