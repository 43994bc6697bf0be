"""Models that people use with each engine, and where they are: for `htrkit engines NAME` and the docs."""

from htrkit.domain.engine import KnownModel

HUB = "https://huggingface.co"
ZENODO = "https://doi.org"


def _on_hub(name: str, reads: str) -> KnownModel:
    return KnownModel(name, reads, f"{HUB}/{name}")


def _on_zenodo(doi: str, reads: str) -> KnownModel:
    return KnownModel(doi, reads, f"{ZENODO}/{doi}")


KRAKENS = (
    KnownModel("latin-modern", "Latin script of the 17th to 20th century; comes with htrkit, small", "htrkit models"),
    KnownModel(
        "latin-medieval", "Latin book hands of the 12th to 15th century; comes with htrkit, small", "htrkit models"
    ),
    _on_zenodo("10.5281/zenodo.12743230", "CATMuS Medieval: Latin-script manuscripts of the 8th to 16th century"),
    _on_zenodo("10.5281/zenodo.13788177", "McCATMuS: hands and prints of the 16th to 21st century, mostly French"),
)
PYLAIAS = (
    _on_hub("Teklia/pylaia-iam", "English, modern hands"),
    _on_hub("Teklia/pylaia-rimes", "French, modern letters"),
    _on_hub("Teklia/pylaia-belfort", "French, council records of 1790 to 1946"),
    _on_hub("Teklia/pylaia-himanis", "French and Latin, royal registers of the 14th and 15th century"),
    _on_hub("Teklia/pylaia-norhand-v1", "Norwegian, letters and diaries of the 19th and early 20th century"),
    _on_hub("Teklia/pylaia-casia-hwdb2", "Chinese"),
)
TROCRS = (
    _on_hub("microsoft/trocr-base-handwritten", "English, modern hands; also -small- and -large-"),
    _on_hub("Riksarkivet/trocr-base-handwritten-hist-swe-2", "Swedish, 17th to 19th century"),
    _on_hub(
        "medieval-data/trocr-medieval-base", "Latin-script manuscripts; others for textualis, humanistica, Caroline"
    ),
    _on_hub("dh-unibe/trocr-kurrent", "German Kurrent; needs --processor microsoft/trocr-base-handwritten"),
    _on_hub("magistermilitum/tridis_HTR", "Latin, French and Spanish documents of the Middle Ages"),
    _on_hub("kazars24/trocr-base-handwritten-ru", "Russian, modern hands"),
)
CHURROS = (_on_hub("stanford-oval/churro-3B", "historical pages in 46 language clusters"),)
QWENS = tuple(_on_hub(f"Qwen/Qwen3-VL-{size}-Instruct", f"anything; {size} parameters") for size in ("2B", "4B", "8B"))
PARTYS = (_on_zenodo("10.5281/zenodo.14616980", "many languages and scripts"),)
