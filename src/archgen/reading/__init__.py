"""Reading models: from bytes to a tree of YAML in which every value has its place in a file."""
