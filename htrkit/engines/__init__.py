"""One file per engine, the engine table, and the loader that brings them in by name."""
