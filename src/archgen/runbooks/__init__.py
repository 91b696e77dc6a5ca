"""Runbooks: their templates are found, checked and filled in with the names of each environment."""
