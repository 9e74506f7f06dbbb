"""One marshmallow schema a document: it loads JSON and forms into what documents/ stores, and dumps it
back.
"""
