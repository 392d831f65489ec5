"""What a study will cost and what it can detect, before any of it is spent."""
