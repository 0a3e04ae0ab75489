"""The two states, the one answer and what to do about it: pure."""
