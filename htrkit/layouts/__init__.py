"""Where lines come from: people's PAGE and ALTO files, Kraken's segmentation, the whole page."""
