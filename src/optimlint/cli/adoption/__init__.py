"""Adopting optimlint in an existing code base: baselines, inserted suppressions, findings of a branch only."""
