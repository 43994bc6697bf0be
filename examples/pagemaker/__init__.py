"""The parts of the example pages' generator: faces, sheets, writing, warping, paper and truth."""
