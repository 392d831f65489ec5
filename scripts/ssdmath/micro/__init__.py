"""The micro world: generated problems, reasoning traces, and the model pretrained on them."""
