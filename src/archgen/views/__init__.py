"""What each picture shows: one view a file, found by scanning. A view is a pure function of architectures to a Graph."""
