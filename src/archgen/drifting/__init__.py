"""Comparing a model with what Terraform knows: `archgen drift`."""
