"""Model folders on disk and on the hub: weights, checkpoints, fingerprints."""
