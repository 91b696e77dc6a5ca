"""Kinds of components: one module for each, with a subclass of Component, found by scanning this package."""
