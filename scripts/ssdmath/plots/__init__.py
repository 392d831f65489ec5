"""Every figure of a study: frames in, Altair charts out; nothing here reads a file."""
