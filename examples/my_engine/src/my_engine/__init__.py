"""The engine's row: all that `htrkit engines` shows, and where the class is that reads. Nothing heavy is imported."""

from htrkit.engines.own import own_row

ROW = own_row(
    "ink-runs",
    title="Writes down the runs of ink of a line: an example, which reads no text",
    code="my_engine.reading:InkRuns",
    source="https://example.org/my-engine",
    seconds_a_page_on_cpu=0.1,
    warnings=("It reads no text: `|` stands for a stroke, and a space for a gap.",),
    licence="CC0-1.0",
)
