"""htrkit turns shelves of scanned manuscripts into text: a batch that ends, and says what it did."""

__version__ = "0.1.0"
