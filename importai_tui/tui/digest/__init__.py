"""Skimming: an issue as its headlines, why they matter, and what they cite."""
