"""Probes of what goes on inside the network, a file for each way of looking; they give `engine.inside_records`."""
