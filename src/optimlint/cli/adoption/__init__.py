"""What brings optimlint to an old code base: baselines, suppressions that are written, findings of a branch alone."""
