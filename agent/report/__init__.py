"""The report, the latest one, what changed, and every form of it for machines."""
