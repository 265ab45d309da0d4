"""`python -m openpars.verifier`."""

from openpars.verifier.command import main

main()
