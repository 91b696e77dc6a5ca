"""Expressions of models and bindings.

`evaluate.py` parses and evaluates them, `operations.py` lists the operations that they can use, and `values.py` defines which values
they can access and return.
"""
