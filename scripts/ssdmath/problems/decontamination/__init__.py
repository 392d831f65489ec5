"""Near-duplicates across and within splits."""
