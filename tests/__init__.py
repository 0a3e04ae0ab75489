"""Everything that proves the agent."""
