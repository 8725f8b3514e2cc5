"""From the sources to the archive: asks the network, politely, and keeps what it answers. It knows no screen.

The only room that may open a connection. `run` is the way in; `report` is what comes out while it runs and at the end.
"""
