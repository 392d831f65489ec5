"""Choose cells on validation and compare them: declared contrasts, attribution, strata."""
