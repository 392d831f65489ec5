"""What a running job needs: its log, its GPUs, a progress bar. No result depends on it."""
