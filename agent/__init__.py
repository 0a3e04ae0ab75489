"""Validates SCTP on a Kubernetes node: what holds now, after a reboot, and why."""

__version__ = "0.1.0"
