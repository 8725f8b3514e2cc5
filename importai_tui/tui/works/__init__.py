"""The works screen: every cited work once."""
