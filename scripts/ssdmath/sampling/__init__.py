"""Drawing completions: values and protocol, filters, engines, journal, and the sweep that joins them."""
