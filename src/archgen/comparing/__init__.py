"""`archgen compare`: what differs between two architectures, what follows from it, and how it is printed."""
