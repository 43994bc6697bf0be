"""THE ENGINE TABLE: one row per engine, from which commands, findings and docs are made."""

from htrkit.domain.engine import BatchRange, DeviceKind, EngineRow, ExtraNeed, Reads, Speed, Tolerance
from htrkit.domain.names import EngineName

PUBLISHED = "published (first analysis of two 46 GB cards), not measured by htrkit"

KRAKEN = EngineRow(
    name=EngineName("kraken"),
    title="Kraken: segmentation and CTC recognition of lines",
    reads=Reads.LINES,
    code="htrkit.engines.kraken_lines:KrakenLines",
    default_model="latin-modern",
    least_device=DeviceKind.CPU,
    batch=BatchRange(least=8, most=32, default=16, default_on_cpu=1, default_memory_gb=None),
    beams_limit=None,
    speed=Speed(one_card=None, two_cards=None, source="nobody published a figure for a whole batch"),
    needs=(),
    tolerance=Tolerance(points_pixels=1, confidence=0.001),
    warnings=("Segmentation is the slow part: give PAGE or ALTO files with lines where you have them.",),
    licence="Apache-2.0",
    citation="Kiessling, B. (2019). Kraken - an universal text recognizer for the humanities. DH2019.",
    source="https://github.com/mittagessen/kraken",
)

PYLAIA = EngineRow(
    name=EngineName("pylaia"),
    title="PyLaia: CRNN and CTC recognition of lines",
    reads=Reads.LINES,
    code=None,
    default_model=None,
    least_device=DeviceKind.CUDA,
    batch=BatchRange(least=8, most=64, default=64, default_on_cpu=1, default_memory_gb=12),
    beams_limit=None,
    speed=Speed(one_card=2.5, two_cards=1.5, source=PUBLISHED),
    needs=(),
    tolerance=None,
    warnings=("Lines must have the height that the model was trained with.",),
    licence="MIT",
    citation="Puigcerver, J. (2017). Are multidimensional recurrent layers really necessary for HTR? ICDAR.",
    source="https://gitlab.teklia.com/atr/pylaia",
)

TROCR = EngineRow(
    name=EngineName("trocr"),
    title="TrOCR: transformer recognition of lines",
    reads=Reads.LINES,
    code=None,
    default_model=None,
    least_device=DeviceKind.CPU,
    batch=BatchRange(least=8, most=48, default=48, default_on_cpu=1, default_memory_gb=24),
    beams_limit=5,
    speed=Speed(one_card=3.5, two_cards=2, source=PUBLISHED),
    needs=(ExtraNeed("sentencepiece", "pip install sentencepiece"),),
    tolerance=None,
    warnings=("Beam search above 5 is very slow.", "A line is squeezed into a square: very wide lines are unreadable."),
    licence="MIT; models as their cards say",
    citation="Li, M. et al. (2023). TrOCR: Transformer-based OCR with pre-trained models. AAAI.",
    source="https://github.com/microsoft/unilm/tree/master/trocr",
)

CHURRO = EngineRow(
    name=EngineName("churro"),
    title="Churro: vision-language model for whole historical pages",
    reads=Reads.PAGES,
    code=None,
    default_model=None,
    least_device=DeviceKind.CPU,
    batch=BatchRange(least=8, most=32, default=32, default_on_cpu=1, default_memory_gb=25),
    beams_limit=1,
    speed=Speed(one_card=5, two_cards=3, source=PUBLISHED),
    needs=(ExtraNeed("accelerate", "pip install accelerate"),),
    tolerance=None,
    warnings=("Its base weights are for non-commercial use (Qwen research licence).",),
    licence="Apache-2.0 code; Qwen research licence for weights",
    citation="Semnani, S. et al. (2025). CHURRO: making history readable with an open-weight VLM. arXiv:2509.19768.",
    source="https://huggingface.co/stanford-oval/churro-3B",
)

QWEN3_VL = EngineRow(
    name=EngineName("qwen3-vl"),
    title="Qwen3-VL: general vision-language model for pages or lines",
    reads=Reads.PAGES,
    code=None,
    default_model=None,
    least_device=DeviceKind.CUDA,
    batch=BatchRange(least=1, most=8, default=8, default_on_cpu=1, default_memory_gb=38),
    beams_limit=1,
    speed=Speed(one_card=150, two_cards=None, source=PUBLISHED),
    needs=(ExtraNeed("accelerate", "pip install accelerate"),),
    tolerance=None,
    warnings=("Very slow: 1 to 2 minutes a page.", "May loop or invent text; such pages are flagged."),
    licence="Apache-2.0",
    citation="Qwen team (2025). Qwen3-VL technical report.",
    source="https://github.com/QwenLM/Qwen3-VL",
)

PARTY = EngineRow(
    name=EngineName("party"),
    title="Party: page-wise recognition of lines in their page",
    reads=Reads.LINES_IN_PAGE,
    code=None,
    default_model=None,
    least_device=DeviceKind.CUDA,
    batch=BatchRange(least=8, most=16, default=16, default_on_cpu=1, default_memory_gb=None),
    beams_limit=1,
    speed=Speed(one_card=8, two_cards=None, source=PUBLISHED),
    needs=(ExtraNeed("party", "pip install --no-deps git+https://github.com/mittagessen/party"),),
    tolerance=None,
    warnings=("Needs baselines and the picture of the whole page.",),
    licence="Apache-2.0",
    citation="Kiessling, B. (2025). Party: PAge-wise Recognition of Text-y.",
    source="https://github.com/mittagessen/party",
)

ENGINES: tuple[EngineRow, ...] = (KRAKEN, PYLAIA, TROCR, CHURRO, QWEN3_VL, PARTY)
"""Every engine, the one taken by default first."""
