"""What a program writes for a terminal, as text that every notebook front end shows correctly."""

from ipymod.run.screen.screen import CLIMB_LIMIT, LONGEST_SEQUENCE, RECALLED, Screen

__all__ = ["CLIMB_LIMIT", "LONGEST_SEQUENCE", "RECALLED", "Screen"]
