"""DATA, GATHER, JUDGE, SHOW: whether a Python is ready for a course."""
