"""The library of the study: behaviour lives here, a rule's script only reads and writes."""
