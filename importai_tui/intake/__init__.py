"""Pages in, issues as they are written out: one after another, or on as many processors as there are.

`Readers` is the way in. It knows no archive file and no command; what comes out, somebody else stores.
"""
