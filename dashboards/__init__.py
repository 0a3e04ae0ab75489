"""What the dashboards show, once, and how it is written for two kinds of consoles."""
