"""The MCP server: gives programs with a language model read access to the archive and the user's marks."""
