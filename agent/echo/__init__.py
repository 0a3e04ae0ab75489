"""One exchange over SCTP: the prober, the responder and what is said between them."""
