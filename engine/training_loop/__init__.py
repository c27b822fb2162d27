"""The steps of a run, one after the other as `engine.training` takes them."""
