"""The library of the study of simple self-distillation, laid out by pipeline stage."""
