"""What Prometheus knows of all nodes, read over HTTP; no cluster's API is asked."""
