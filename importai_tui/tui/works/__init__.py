"""The cited works, each once."""
