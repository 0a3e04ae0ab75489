"""The loop and its neighbours in one process."""
