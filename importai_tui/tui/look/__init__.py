"""How anything looks: the two themes, literal text, dates."""
