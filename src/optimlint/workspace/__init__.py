"""Every effect that needs no terminal: files, settings, worker processes, git. All front ends share it."""
