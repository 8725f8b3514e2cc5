"""HTTP requests: address check, size and time limits, retries, pauses between requests."""
