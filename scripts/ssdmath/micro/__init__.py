"""The micro world: problems, traces with known forks and locks, and the model that learns them."""
