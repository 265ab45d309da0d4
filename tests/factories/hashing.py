"""Argon2 with as little work as it takes: for passwords that guard nothing."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    """The house's hasher, some hundred times quicker."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1
