"""Sampling: prompts, decoding filters, engines, the journal of finished draws."""
