"""Questions about an architecture that is already resolved, and their answers as plain data. Nothing here reads or writes files."""
