"""A repository as repo2docker would read it, without Docker and without repo2docker."""
