"""The thread screen: the references of a story on a time line."""
