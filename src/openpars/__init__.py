"""OpenPARS: a city's live arrest records, read by outside agencies only under agreements the database enforces."""
