"""The settings that may be given anew when a run goes on: none of them can change what is written."""

GIVEN_ANEW = (
    "device",
    "jobs",
    "threads",
    "workforce",
    "retries",
    "max_fail_rate",
    "segment_timeout",
    "page_timeout",
    "on_error",
    "progress",
    "color",
)
"""Devices, jobs, limits and screens; all others stay as the run was started with."""
