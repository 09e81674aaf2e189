"""Judgements over the events of training code: what a step gets, what a clip changes, which mode a model is left in."""
