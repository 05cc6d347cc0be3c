"""The registry that the families of rules fill; each rule stands in the file of its family."""

from __future__ import annotations

from ipymod.registry import At, Finding, Registry, Severity

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
REGISTRY = Registry()

__all__ = ["ERROR", "INFO", "REGISTRY", "WARNING", "At", "Finding"]
