"""Asks the rules, and decides which findings count."""
