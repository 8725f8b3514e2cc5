"""From the sources to the archive: what is asked of whom, and what becomes of the answers. It knows no screen.

`run` is the way in; `report` is what comes out while it runs and at the end.
"""
