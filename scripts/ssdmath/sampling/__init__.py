"""Drawing completions: values, filters, engines, journal, and the sweep that joins them."""
