"""A finished study from Python: its tables, draws, new comparisons and figures."""
