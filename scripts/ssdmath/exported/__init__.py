"""A finished study in the form in which data sets are shared: a Hugging Face data set folder."""
