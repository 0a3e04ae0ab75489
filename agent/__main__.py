"""`python -m agent`: the same as the installed command."""

from agent.cli.main import entrypoint

if __name__ == "__main__":
    entrypoint()
