"""Networks on the CPU: models become graphs once, are kept in the user's cache, and run without torch."""
