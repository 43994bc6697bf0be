"""Sphinx settings; the reference tables are made from the code before each build."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from made_from_code import write_reference

from htrkit import __version__

project = "htrkit"
author = "The htrkit developers"
copyright = "the htrkit developers"
release = version = __version__
extensions = ["myst_parser"]
html_theme = "furo"
html_title = f"htrkit {release}"
myst_enable_extensions = ["deflist", "colon_fence"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]

write_reference(Path(__file__).parent / "reference" / "made")
