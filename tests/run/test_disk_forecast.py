"""Room on the disk is held against what the outputs may take."""

from pathlib import Path

from htrkit.domain.finding import Severity
from htrkit.run.disk_forecast import BYTES_A_PAGE, disk_findings, disk_forecast


def test_the_nearest_folder_that_is_there_is_asked(tmp_path: Path) -> None:
    forecast = disk_forecast(tmp_path / "a" / "b", 300, 2)

    assert forecast.place == str(tmp_path)
    assert forecast.needed_bytes == 300 * BYTES_A_PAGE
    assert forecast.free_bytes > 0
    assert disk_findings(tmp_path, 1, 2) == ()


def test_too_little_room_warns_and_says_how_many_pages_fit(tmp_path: Path) -> None:
    (found,) = disk_findings(tmp_path, 10**12, 2)
    offered = int(found.mend.rpartition("--pages 1-")[2])

    assert (found.code, found.severity) == ("disk", Severity.WARNING)
    assert disk_findings(tmp_path, max(offered // 2, 1), 2) == ()
    assert disk_findings(tmp_path, offered * 2, 2)
