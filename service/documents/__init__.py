"""The only room that reads or writes MongoDB: one module of functions a collection, `db` first, plain dicts
out.
"""
