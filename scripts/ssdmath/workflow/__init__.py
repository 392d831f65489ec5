"""What Snakemake needs around the jobs: checks at the start, resources, progress page."""
