"""A real browser without a screen, as a process: what a page of HTML looks like, and what it asks the network for.

It is Qt's Chromium, from the package registry (`pip install PySide6-Addons==6.8.3`); Python of its own may be named in
TEST_BROWSER_PYTHON, since it weighs more than everything else together.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

NAMED = "TEST_BROWSER_PYTHON"
_LOOK = "import PySide6.QtWebEngineWidgets"
_SHOOT = r"""
import json, sys
from PySide6.QtCore import QTimer, QUrl
from PySide6.QtWebEngineCore import QWebEngineSettings, QWebEngineUrlRequestInterceptor
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QApplication

page, width, picture, paper = sys.argv[1:]
told = {"asked": [], "loaded": False}

class Asked(QWebEngineUrlRequestInterceptor):
    def interceptRequest(self, request):
        told["asked"].append(request.requestUrl().toString())

application = QApplication(sys.argv[:1])
view, asked = QWebEngineView(), Asked()
view.page().profile().setUrlRequestInterceptor(asked)
view.settings().setAttribute(QWebEngineSettings.WebAttribute.JavascriptEnabled, False)
view.resize(int(width), 900)
view.show()

def loaded(well):
    told["loaded"] = well
    QTimer.singleShot(500, whole)

def whole():
    told["width"], told["height"] = view.page().contentsSize().width(), view.page().contentsSize().height()
    view.resize(int(width), min(int(told["height"]), 16000))
    QTimer.singleShot(1000, shot)

def shot():
    view.grab().save(picture)
    view.page().pdfPrintingFinished.connect(printed)
    view.page().printToPdf(paper)

def printed(path, well):
    told["printed"] = well
    application.quit()

view.loadFinished.connect(loaded)
view.load(QUrl.fromLocalFile(page))
QTimer.singleShot(60000, application.quit)
application.exec()
print(json.dumps(told))
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of a page in the browser."""

    loaded: bool
    printed: bool
    width: float
    """Of the whole page, which is more than the window's where it has to be scrolled sideways."""
    height: float
    asked: tuple[str, ...]
    """Addresses that it asked the network for, its own among them; what is part of the page asks for none."""


def browser_python() -> str | None:
    """Give the Python that has the browser; None where there is none."""
    for python in filter(None, (os.environ.get(NAMED), sys.executable)):
        found = subprocess.run([python, "-c", _LOOK], capture_output=True, check=False, env=_quiet())
        if found.returncode == 0:
            return python
    return None


def seen(python: str, page: Path, *, width: int, picture: Path, paper: Path) -> Seen:
    """Open a page as wide as that, take a picture of all of it, and print it to a PDF."""
    words = [python, "-c", _SHOOT, str(page), str(width), str(picture), str(paper)]
    said = subprocess.run(words, capture_output=True, text=True, check=True, timeout=120, env=_quiet()).stdout
    told = json.loads(said.splitlines()[-1])
    return Seen(told["loaded"], told["printed"], told["width"], told["height"], tuple(told["asked"]))


def _quiet() -> dict[str, str]:
    return {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "QTWEBENGINE_DISABLE_SANDBOX": "1",
        "QTWEBENGINE_CHROMIUM_FLAGS": "--no-sandbox --disable-gpu --hide-scrollbars",
    }
