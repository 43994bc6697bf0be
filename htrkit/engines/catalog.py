"""THE ENGINE TABLE: one row per engine, from which commands, findings and docs are made."""

from htrkit.domain.engine import (
    Basis,
    BatchRange,
    DeviceKind,
    EngineRow,
    Evidence,
    ExtraNeed,
    ModelForm,
    OptionNeed,
    Reads,
    Speed,
    Tolerance,
)
from htrkit.domain.names import EngineName
from htrkit.engines import known_models, prompts
from htrkit.engines.figures import (
    CHURRO_CPU,
    CHURRO_MEMORY,
    KRAKEN_CPU,
    KRAKEN_MEMORY,
    PARTY_CPU,
    PARTY_MEMORY,
    PUBLISHED,
    PYLAIA_CPU,
    PYLAIA_MEMORY,
    QWEN3_VL_CPU,
    QWEN3_VL_MEMORY,
    SERVER_CPU,
    SERVER_MEMORY,
    TROCR_CPU,
    TROCR_MEMORY,
)

CHURROS_OWN = Evidence(Basis.PUBLISHED, "Churro's own tool sends 16 requests at once; not run by htrkit")
ON_THE_SERVER = Evidence(Basis.PUBLISHED, "it depends on the server alone")
NOT_PUBLISHED = Evidence(Basis.PUBLISHED, "nobody has published a figure for a whole batch")
OF_LINES = ("segmenter", "direction", "batch_size", "device")
"""Settings that matter to every engine that reads lines."""
OF_PAGES = ("reads", "prompt", "max_new_tokens", "adapter", "server", "batch_size", "device")
"""Settings that matter to every vision-language model."""
ADAPTER = OptionNeed("adapter", ExtraNeed("peft", 'pip install "htrkit[vlm]"'))
PREDECESSOR = Evidence(Basis.PUBLISHED, "polyscriptor's batch tool; not run by htrkit")

KRAKEN = EngineRow(
    name=EngineName("kraken"),
    title="Kraken: segmentation and CTC recognition of lines",
    reads=Reads.LINES,
    code="htrkit.engines.kraken_lines:KrakenLines",
    default_model="latin-modern",
    model_classes=("TorchVGSLModel", "PPOCRv6Model"),
    least_device=DeviceKind.CPU,
    batch=BatchRange(8, 32, default=16, default_on_cpu=8, default_memory_gb=None, source=PREDECESSOR),
    beams_limit=None,
    memory=KRAKEN_MEMORY,
    speed=Speed(one_card=None, two_cards=None, source=NOT_PUBLISHED),
    cpu_page=KRAKEN_CPU,
    needs=(),
    tolerance=Tolerance(points_pixels=1, confidence=0.001),
    warnings=(),
    licence="Apache-2.0",
    citation="Kiessling, B. (2019). Kraken - an universal text recognizer for the humanities. DH2019.",
    source="https://github.com/mittagessen/kraken",
    options=("model", *OF_LINES, "segmenter_model"),
    models=known_models.KRAKENS,
)

PYLAIA = EngineRow(
    name=EngineName("pylaia"),
    model_form=ModelForm.PYLAIA,
    title="PyLaia: CRNN and CTC recognition of lines",
    reads=Reads.LINES,
    code="htrkit.engines.pylaia_lines:PylaiaLines",
    default_model=None,
    least_device=DeviceKind.CUDA,
    batch=BatchRange(
        8,
        64,
        default=64,
        default_on_cpu=16,
        default_memory_gb=12,
        source=PUBLISHED,
        doubt="64 lines of 1,500 to 4,000 pixels come to 1.4 to 3.6 GB beside the libraries.",
    ),
    beams_limit=None,
    memory=PYLAIA_MEMORY,
    speed=Speed(2.5, 1.5, PUBLISHED, one_card_per_1000=25, two_cards_per_1000=15),
    cpu_page=PYLAIA_CPU,
    needs=(),
    tolerance=Tolerance(points_pixels=0, confidence=0.001),
    warnings=("Models of any height read lines as large as they are: at another resolution than in training, badly.",),
    licence="MIT",
    citation="Puigcerver, J. (2017). Are multidimensional recurrent layers really necessary for HTR? ICDAR.",
    source="https://gitlab.teklia.com/atr/pylaia",
    options=("model", "language_model", "language_model_weight", *OF_LINES, "allow_slow_cpu"),
    extras=(OptionNeed("language_model", ExtraNeed("flashlight", 'pip install "htrkit[lm]"')),),
    models=known_models.PYLAIAS,
)

TROCR = EngineRow(
    name=EngineName("trocr"),
    model_form=ModelForm.TROCR,
    title="TrOCR: transformer recognition of lines",
    reads=Reads.LINES,
    code="htrkit.engines.trocr_lines:TrocrLines",
    default_model=None,
    least_device=DeviceKind.CPU,
    batch=BatchRange(
        8,
        48,
        default=48,
        default_on_cpu=16,
        default_memory_gb=24,
        source=PUBLISHED,
        doubt="So much is taken with 4 or 5 beams in single precision; without beams, in half precision, about 4 GB.",
    ),
    beams_limit=5,
    memory=TROCR_MEMORY,
    speed=Speed(3.5, 2, PUBLISHED, one_card_per_1000=35, two_cards_per_1000=20),
    cpu_page=TROCR_CPU,
    needs=(),
    tolerance=Tolerance(points_pixels=0, confidence=0.001),
    warnings=(
        "Beam search above 5 is very slow.",
        "A line is squeezed into a square: letters of lines over 20 times as wide as high may be lost.",
    ),
    licence="MIT; models as their cards say",
    citation="Li, M. et al. (2023). TrOCR: Transformer-based OCR with pre-trained models. AAAI.",
    source="https://github.com/microsoft/unilm/tree/master/trocr",
    options=("model", "processor", "num_beams", "clamp", "max_new_tokens", *OF_LINES),
    models=known_models.TROCRS,
)

CHURRO = EngineRow(
    name=EngineName("churro"),
    served="htrkit.engines.served:served_churro",
    model_form=ModelForm.TRANSFORMERS,
    title="Churro: vision-language model for whole historical pages",
    reads=Reads.PAGES,
    code="htrkit.engines.churro_pages:ChurroPages",
    default_model=None,
    least_device=DeviceKind.CPU,
    batch=BatchRange(8, 32, default=32, default_on_cpu=16, default_memory_gb=25, source=PUBLISHED),
    beams_limit=1,
    memory=CHURRO_MEMORY,
    speed=Speed(5, 3, PUBLISHED, one_card_per_1000=50, two_cards_per_1000=30),
    cpu_page=CHURRO_CPU,
    needs=(),
    tolerance=Tolerance(points_pixels=0, confidence=0.001),
    warnings=("Its base weights are for non-commercial use (Qwen research licence).",),
    prompting=prompts.CHURRO,
    licence="Apache-2.0 code; Qwen research licence for weights",
    citation="Semnani, S. et al. (2025). CHURRO: making history readable with an open-weight VLM. arXiv:2509.19768.",
    source="https://huggingface.co/stanford-oval/churro-3B",
    options=("model", *OF_PAGES),
    extras=(ADAPTER,),
    models=known_models.CHURROS,
)

QWEN3_VL = EngineRow(
    name=EngineName("qwen3-vl"),
    served="htrkit.engines.served:served_qwen3_vl",
    model_form=ModelForm.TRANSFORMERS,
    title="Qwen3-VL: general vision-language model for pages or lines",
    reads=Reads.PAGES,
    code="htrkit.engines.qwen3_vl_pages:Qwen3VlPages",
    default_model=None,
    least_device=DeviceKind.CUDA,
    batch=BatchRange(
        1,
        8,
        default=8,
        default_on_cpu=8,
        default_memory_gb=38,
        source=PUBLISHED,
        doubt="Pages of 1,536 pixels a side come to 26 GB; so much is taken with pages of any size.",
    ),
    beams_limit=1,
    memory=QWEN3_VL_MEMORY,
    speed=Speed(150, None, PUBLISHED, one_card_per_1000=1_500),
    cpu_page=QWEN3_VL_CPU,
    needs=(),
    tolerance=Tolerance(points_pixels=0, confidence=0.001),
    warnings=("Very slow: 1 to 2 minutes a page.", "May loop or invent text; such pages are flagged."),
    prompting=prompts.QWEN3_VL,
    licence="Apache-2.0",
    citation="Qwen team (2025). Qwen3-VL technical report.",
    source="https://github.com/QwenLM/Qwen3-VL",
    options=("model", *OF_PAGES, "allow_slow_cpu"),
    extras=(ADAPTER,),
    models=known_models.QWENS,
)

PARTY = EngineRow(
    name=EngineName("party"),
    title="Party: page-wise recognition of lines in their page",
    reads=Reads.LINES_IN_PAGE,
    code="htrkit.engines.party_lines:PartyLines",
    model_classes=("PartyModel",),
    default_model=None,
    least_device=DeviceKind.CUDA,
    batch=BatchRange(8, 16, default=16, default_on_cpu=16, default_memory_gb=None, source=PUBLISHED),
    beams_limit=1,
    memory=PARTY_MEMORY,
    speed=Speed(8, None, PUBLISHED, one_card_per_1000=80),
    cpu_page=PARTY_CPU,
    needs=(
        ExtraNeed("timm", "pip install timm"),
        # Its own wish for `kraken~=7.0.0b5` would replace Kraken and torch by older ones.
        ExtraNeed(
            "party",
            "pip install --no-deps --force-reinstall "
            "git+https://github.com/mittagessen/party@c2589b1b515ed690f883c6afaef6c01ce29bf72d",
            offers="kraken.models:PartyModel",
        ),
    ),
    tolerance=None,
    warnings=(
        "Needs baselines and the picture of the whole page.",
        "`pip install party` gives another program of that name.",
    ),
    licence="Apache-2.0",
    citation="Kiessling, B. (2025). Party: PAge-wise Recognition of Text-y.",
    source="https://github.com/mittagessen/party",
    options=("model", "party_prompt", "party_languages", *OF_LINES, "allow_slow_cpu"),
    models=known_models.PARTYS,
)

SERVER = EngineRow(
    name=EngineName("server"),
    model_form=ModelForm.SERVED,
    title="Any vision-language model of an OpenAI-compatible inference server",
    reads=Reads.PAGES,
    code="htrkit.engines.served:served",
    served="htrkit.engines.served:served",
    prompting=prompts.SERVER,
    default_model=None,
    least_device=DeviceKind.CPU,
    batch=BatchRange(1, 64, default=16, default_on_cpu=16, default_memory_gb=None, source=CHURROS_OWN),
    beams_limit=None,
    memory=SERVER_MEMORY,
    speed=Speed(one_card=None, two_cards=None, source=ON_THE_SERVER),
    cpu_page=SERVER_CPU,
    needs=(),
    tolerance=None,
    warnings=(
        "Pages leave this machine: mind what the server's owner may do with them.",
        "The same page read again may give another text: a server's batches are its own.",
    ),
    licence="as the model's card and the server's owner say",
    citation="the model's own",
    source="https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html",
    options=("server", "model", "prompt", "max_new_tokens", "reads", "segmenter", "batch_size"),
)

ENGINES: tuple[EngineRow, ...] = (KRAKEN, PYLAIA, TROCR, CHURRO, QWEN3_VL, PARTY, SERVER)
"""Every engine, the one taken by default first."""
