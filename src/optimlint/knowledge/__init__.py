"""What libraries call things: data with small lookups, which imports nothing of ours."""
