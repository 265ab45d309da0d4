"""A witness of logs: a small service that a court, a defender, a university runs, apart from every log.

It remembers the last checkpoint that it has seen of each log, cosigns the next one only where that continues
it (c2sp.org/tlog-witness), and keeps the evidence where a log has signed two histories. It needs a folder, a
port and a right clock; no database, and nothing of the city's.
"""
