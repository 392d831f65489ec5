"""Finished studies beside each other: one contrast in each of them, pooled, and what differed."""
