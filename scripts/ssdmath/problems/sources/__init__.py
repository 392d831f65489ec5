"""Where problems come from: files, hub datasets, and the generated micro problems."""
