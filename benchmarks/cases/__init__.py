"""All cases, by subject, in the order of the table."""

from cases import cell, first, hint, launchers, lint, preflight, pymod, refresh, scaling, whichpip

CASES = (
    *pymod.CASES,
    *first.CASES,
    *cell.CASES,
    *hint.CASES,
    *refresh.CASES,
    *whichpip.CASES,
    *launchers.CASES,
    *scaling.CASES,
    *lint.CASES,
    *preflight.CASES,
)
