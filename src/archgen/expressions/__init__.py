"""Expressions of models and bindings.

`evaluate.py` reads and walks them, `operations.py` lists what they may do, `values.py` says what they may reach and hold.
"""
