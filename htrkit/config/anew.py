"""The settings that may be given anew when a run goes on: none of them can change the text of a page."""

GIVEN_ANEW = (
    "device",
    "parallel_gpus",
    "memory_share",
    "allow_slow_cpu",
    "cpu_fallback",
    "yes",
    "max_megapixels",
    "serve_cpu",
    "jobs",
    "threads",
    "workforce",
    "cache_images",
    "cache_budget",
    "tidy_every",
    "memory_limit",
    "recycle_after",
    "retries",
    "max_fail_rate",
    "segment_timeout",
    "page_timeout",
    "on_error",
    "progress",
    "color",
)
"""Devices, jobs, limits and screens; all others stay as the run was started with."""
