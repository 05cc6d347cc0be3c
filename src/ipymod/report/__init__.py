"""SHOW: facts and a verdict become a report: text, HTML, Markdown, JSON, a picture."""

from __future__ import annotations

from ipymod.report.model import Report, Route, build

__all__ = ["Report", "Route", "build"]
