"""What a command says when it was not called as it can be."""


class UsageError(Exception):
    """A flag, an argument or an environment variable is wrong; says which."""
