"""The riskiest part first: one row at the full cap through everything that needs the GPU."""
