"""The endpoints: a small HTTP/1.1 server that strangers cannot exhaust."""
