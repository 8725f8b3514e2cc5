"""Widgets: lists, story, header, footer and inputs."""
