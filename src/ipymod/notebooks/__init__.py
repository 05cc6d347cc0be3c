"""Notebooks as files: run them."""
