"""All cases, by subject, in the order of the table."""

from cases import first, launchers, pymod, scaling, whichpip

CASES = (*pymod.CASES, *first.CASES, *whichpip.CASES, *launchers.CASES, *scaling.CASES)
