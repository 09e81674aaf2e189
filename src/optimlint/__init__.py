"""optimlint finds parameter groups that never reach the optimizer, or reach it wrong."""

__version__ = "0.1.0"
