"""DATA: what is known of a machine and a kernel, and nothing that was judged.

Facts are frozen dataclasses of strings, numbers, booleans, tuples and other facts. They go to
JSON and back, so a saved report, another interpreter's answer and a test case are the same thing.
"""

from ipymod.facts.base import Command, Environment, Kernel, same
from ipymod.facts.json import from_json, to_json

__all__ = ["Command", "Environment", "Kernel", "from_json", "same", "to_json"]
