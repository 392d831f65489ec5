"""Inference over problems: intervals, paired contrasts, corrections, power."""
