"""What a study would cost and could detect, before it is run."""
