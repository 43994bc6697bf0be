"""A run in motion: session, workforce, page worker."""
