"""The problem families of the micro world."""
