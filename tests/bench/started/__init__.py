"""The agent's command as the measurements start it."""
