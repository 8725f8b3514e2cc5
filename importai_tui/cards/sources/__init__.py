"""Sources of cards, one module each: its address forms, its politeness, its parser.

To add a source, write a module with a subclass of `SingleSource` or `CardSource` and list it in `registry.SOURCES`.
"""
