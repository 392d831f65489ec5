"""What a study's YAML file may say, checked; names of runs, models and cells; decodings."""
