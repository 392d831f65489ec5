"""From samples to checkpoints: select, fine-tune, merge, and measure what changed."""
