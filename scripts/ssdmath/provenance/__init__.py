"""Records of how a file was made: settings, code fingerprint, versions."""
