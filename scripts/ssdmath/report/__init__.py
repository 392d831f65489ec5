"""The HTML report: files of a study in, one self-contained page out."""
