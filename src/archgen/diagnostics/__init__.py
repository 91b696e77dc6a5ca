"""Diagnostics: their type, how they are printed for people and for programs, and the explanation of every code."""
