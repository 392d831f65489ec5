"""Schemas of the tables, and atomic reading and writing of files."""
