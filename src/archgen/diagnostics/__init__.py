"""What a diagnostic is, how it is printed for people and for machines, and the explanation of every code."""
