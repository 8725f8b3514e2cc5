"""One careful question at a time to a web server: what goes out, what may come back, how often it is tried.

The only room that opens a connection. It knows no newsletter; `client` is the way in.
"""
