"""The card of a cited work: what is behind a link, read in the terminal."""
