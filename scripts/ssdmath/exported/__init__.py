"""A finished study in the form in which it is shared: a Hugging Face data set, and models."""
