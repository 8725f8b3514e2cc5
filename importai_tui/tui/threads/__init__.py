"""The screens of threads: references between stories, and related stories."""
