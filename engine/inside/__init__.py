"""Probes of what goes on inside the network: records in `records`, and a file for each way of looking."""
