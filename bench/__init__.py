"""Measurements: what it is, not what was hoped. `make bench` runs them."""
