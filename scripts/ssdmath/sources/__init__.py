"""Sources of problems: files, dataset folders and hub ids in, statements with answers out."""
