"""Analyses over facts that several rules share. Pure functions; the facts themselves are in `facts/`."""
