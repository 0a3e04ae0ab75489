"""Reading one part of the node each: from a Host to facts."""
