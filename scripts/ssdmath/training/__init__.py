"""From samples to checkpoints: selection, fine-tuning, merging adapters, training health."""
