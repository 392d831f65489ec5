"""Support of running jobs: logs, GPUs, progress. No result depends on this package."""
