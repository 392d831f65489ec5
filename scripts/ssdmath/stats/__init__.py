"""Statistics: resampling, intervals, paired tests, corrections, power."""
