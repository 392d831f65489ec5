"""From sources to the problem tables: read, normalise, split, stratify, decontaminate."""
