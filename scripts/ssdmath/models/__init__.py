"""Model folders on disk and on the hub: records, fingerprints, checkpoints."""
