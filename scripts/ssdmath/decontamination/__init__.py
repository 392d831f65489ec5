"""Finding statements that tell one problem twice; docs/problems.md says how well."""
