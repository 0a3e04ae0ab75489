"""The agent's endpoints and its page."""
