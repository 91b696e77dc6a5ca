"""The outputs of archgen: one module for each kind of output, found by scanning this folder.

Each has `emit(context)`, which returns a list of Artifacts and a list of Diagnostics; none of them writes a file.
"""
