"""The reading screen with its session and its helpers."""
