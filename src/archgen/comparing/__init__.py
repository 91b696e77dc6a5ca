"""`archgen compare`: the differences between two architectures, their consequences, and printing them."""
