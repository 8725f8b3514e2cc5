"""Issues, stories and links as text for the command line. It asks the library and knows no command."""
