"""Questions as people write them: sentence in, query out."""
