"""Comparisons that run in the background, each in a process of its own: `job` starts, finds and stops them."""
