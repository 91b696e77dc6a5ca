"""What archgen makes: one kind of output a file, found by scanning.

Each has `emit(context)`, which gives its Artifacts and Diagnostics; nothing here touches a file.
"""
