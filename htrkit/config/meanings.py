"""What each setting means, in one sentence: help, error messages and the reference are made from these."""

from collections.abc import Mapping
from types import MappingProxyType

MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "engine": "The engine that reads: a name from `htrkit engines`.",
        "model": "A path, a starter's name, a hub id or a DOI; without one, the engine's own default.",
        "segmenter": "Where lines come from: `auto` (a sidecar, else Kraken), `kraken`, `sidecar` or `none`.",
        "segmenter_model": "A segmentation model for Kraken; without one, the `blla` that comes with it.",
        "geometry": "Who traces and cuts lines.",
        "direction": "How lines are read: `ltr`, `rtl`, `ttb`, or as the layout and the text say (`auto`).",
        "batch_size": "Lines in one batch, or `auto`.",
        "num_beams": "How many readings of a line or page are followed at once, in engines that search with beams.",
        "clamp": "Take the engine's limit where `num_beams` is above it.",
        "device": "`all`, `auto`, `cpu`, `cuda:0`, `cuda:0,cuda:1`, or the UUID of a GPU.",
        "parallel_gpus": "The same as `-d all`; with one GPU it runs on that one.",
        "memory_share": "The share of a device's free memory that `auto` fills with the first batch: `70%`.",
        "allow_slow_cpu": "Let engines that are meant for a GPU read on the CPU, slow as that is.",
        "cpu_fallback": "Compute on the CPU what a GPU cannot hold even alone, instead of failing its page.",
        "yes": "Begin without asking, however long the run will take.",
        "formats": "Output formats, comma-separated: `txt`, `page`, `alto`, `hocr`, `csv`; `json` is always written.",
        "target": "Whose dialect the XML speaks: `standard`, `escriptorium`, `transkribus`.",
        "normalize": "The Unicode normal form of written text.",
        "write_images": "Write pages of PDFs and multi-frame files as images under OUT, and let the XML name those.",
        "dpi": "Resolution that PDF pages are rendered at, in dots per inch.",
        "max_megapixels": "A larger picture is a failed page (class `too-large`), refused before it is decoded.",
        "pages": "Which of the pages found, by number from 1: `1-10,20`.",
        "sample": "Only so many pages, spread evenly over what was found.",
        "existing": "Files in OUT that no journal promised: `abort`, `skip` those pages, `overwrite`.",
        "on_error": "What a failed page does: `continue` with the others, or `abort` the run.",
        "workforce": "Who reads: `processes` of their own, which a bad page cannot take down with it, or `inline`.",
        "serve_cpu": "Run the networks in one server for all workers on the CPU too, as on a GPU.",
        "jobs": "Page workers; `auto` is what cores and memory allow.",
        "threads": "Cores used for one page on the CPU; `auto` is each worker's share of those that may be used.",
        "cache_images": "Read the next pages' files before workers ask for them; `auto`: below 1,000 pages.",
        "cache_budget": "MB of files that may be read ahead; `auto` is a quarter of the free memory.",
        "tidy_every": "Pages after which a process gives back memory that nothing needs any more.",
        "memory_limit": "The share of memory in use beyond which fewer pages are read at once: `90%`.",
        "recycle_after": "Pages after which a worker is started anew, which gives back what leaks; or `off`.",
        "retries": "How often a page is tried again after a passing trouble.",
        "max_fail_rate": "The share of failed pages that stops the run once 50 have ended: `25%`, or `off`.",
        "segment_timeout": "Seconds that a page's segmentation may take, or `auto`.",
        "page_timeout": "Seconds that any other step of a page may take, or `auto`.",
        "progress": "What is shown meanwhile: `plain` lines, `json` events, `none`.",
        "color": "`auto` colours a terminal and nothing else; NO_COLOR and FORCE_COLOR are honoured.",
    }
)
"""Kept apart from the model so that `--help` answers without loading pydantic."""
