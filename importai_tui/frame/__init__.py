"""The first frame: what stands on the terminal before anything else of the program is loaded.

The reader keeps, as it leaves, what its next start will show. That start puts it on the terminal at once, if nothing
that it tells of has changed, else a line that is true anyway; then the app takes the terminal over. This room knows the
terminal and a few files, and nothing of the app; it imports what starts with Python or is needed by every start.
"""
