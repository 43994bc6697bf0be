"""One pure renderer per format."""
