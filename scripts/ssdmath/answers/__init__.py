"""Answers: parsing, normal forms and equality, without sympy."""
