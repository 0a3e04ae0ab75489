"""A report and its explanations for people at a terminal."""
