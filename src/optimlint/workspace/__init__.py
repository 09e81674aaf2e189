"""Every effect that needs no terminal: files, settings, worker processes, git. Shared by all front ends."""
