"""The decisions: pure functions over values; no clock, file, process, device or terminal."""
