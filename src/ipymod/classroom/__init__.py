"""DATA, GATHER, JUDGE, SHOW: a class: who is ready for a course, and what helps most."""
