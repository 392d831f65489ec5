"""What training did to token distributions: locks and forks, lengths, the toy model."""
