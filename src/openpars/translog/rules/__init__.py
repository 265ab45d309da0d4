"""What the log's specifications say, one module each. Pure: the standard library and `cryptography` only."""
