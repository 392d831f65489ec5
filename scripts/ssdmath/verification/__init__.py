"""From a completion to its verdict: find the answer, compare it, record a status."""
