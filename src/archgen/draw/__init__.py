"""Graph in, SVG or PNG out. The only place that knows diagrams and Graphviz.

`measure` says how large things are, `grid` and `graphviz` where they go, `labels` where edges are labelled, `svg` writes
it all down, `png` paints it.
"""
