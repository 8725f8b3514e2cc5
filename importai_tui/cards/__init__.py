"""Fetches cards of cited works, on request only: title, authors, abstract or README of the page behind a link."""
