"""The nouns: frozen values, protocols, events and errors that every other folder speaks in; no I/O."""
