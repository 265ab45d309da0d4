"""The door for everyone: what may be read without a log-in, the log first of all."""
