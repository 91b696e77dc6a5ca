"""Runbooks: finds and checks their templates, and fills them in with the names of each environment."""
