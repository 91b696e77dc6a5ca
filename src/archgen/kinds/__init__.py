"""What a component can be: one kind a file, found by scanning. A new kind is a new file with a subclass of Component."""
