"""FACE: how far a command has come, shown where that is a terminal."""
