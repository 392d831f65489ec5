"""Exact sampling: prompts, filters, engines, the journal of finished draws."""
