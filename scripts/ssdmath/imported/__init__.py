"""Samples that other programs made: read, matched to problems, judged, compared (docs/judge.md)."""
