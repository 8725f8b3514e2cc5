"""Pictures of the README: scenes, drawing, and a command to draw them again."""
