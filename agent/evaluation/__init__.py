"""One evaluation: read with deadlines, follow, check, decide."""
