"""Reads what Terraform knows of a system, and writes a model of it."""
