"""The tamper-evident log: can it be proved?"""
