"""How a file was made: settings, code fingerprint, versions."""
