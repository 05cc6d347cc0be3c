"""DO, SHOW: notebooks are executed, many at once, and what came of it is told."""
