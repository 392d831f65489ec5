"""The families of the micro world, one module each."""
