"""What would load sctp, now and at the next boot: pure judgement of facts."""
