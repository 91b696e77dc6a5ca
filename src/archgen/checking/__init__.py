"""Running the rules, and deciding which of their findings count."""
