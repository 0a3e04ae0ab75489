"""Paths between nodes, measured: the responder, one attempt, and what it met."""
