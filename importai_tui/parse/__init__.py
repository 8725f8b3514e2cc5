"""A document of any form to issues of the newsletter: `issues` is its front door. Pure: no files, network or SQL.

Nothing is imported here: whoever prints or draws needs `clean` alone, and pays for no parser.
"""
