"""Pure decisions of a centre: no store, no web, no clock. Every definition is explained in
docs/figures.md.
"""
