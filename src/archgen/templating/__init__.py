"""Templates, and escaping for every language that archgen writes."""
