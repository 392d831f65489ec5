"""From verdicts to the score table: accuracy, pass@k, status rates, temperature fits."""
