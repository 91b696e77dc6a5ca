"""The clouds that archgen knows: for each, its facts in a TOML file, and a module with the classes of what a model states about it.

To add a cloud, add `<id>.toml` and `<id>.py`, and its products in `catalog/<id>/`. No other code names it.
"""
