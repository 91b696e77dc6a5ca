"""From the bytes of a model to a tree of YAML in which every value knows its place."""
