"""Draws graphs. The only package that knows the diagrams package and Graphviz.

`measure` computes sizes; `grid` and `graphviz` place nodes and groups; `routes` finds the path of every edge (on `tracks`, between
`ports`, with `search`); `labels` places the labels of edges. `drawing` runs these in order, `batch` does so in parallel. `export`
writes a finished drawing in any format.
"""
