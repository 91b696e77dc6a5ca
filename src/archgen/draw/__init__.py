"""Graph in, SVG or PNG out. The only place that knows diagrams and Graphviz.

`measure` says how large things are, `grid` and `graphviz` where they go, `routes` how edges lead from one to another (on `tracks`, between
`ports`, found by `search`), `labels` where those are labelled; `svg` writes it all down, `png` paints it.
"""
