"""The single-machine document store: MongoDB's wire protocol on a Unix socket, SQLite as its disk.

It knows nothing of the rest of the program and is started with `python -m service.embedded`.
"""
