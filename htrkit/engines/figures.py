"""The figures of the engine table that are long to explain: memory by item cost, a page on the CPU, and who says so."""

from htrkit.domain.engine import Basis, CpuPage, Evidence, MemoryModel, Precision, SegmenterRow

MIB = 2**20
GIB = 2**30

PUBLISHED = Evidence(Basis.PUBLISHED, "the project's first analysis, for NVIDIA L40S cards of 46 GB; not run by htrkit")
ARCHITECTURE = Evidence(Basis.CALCULATED, "from the network's architecture; no GPU was at hand")
AS_RAM = Evidence(Basis.MEASURED, "htrkit's developers, as RAM of a CPU; no GPU was at hand")
ONE_CORE = Evidence(Basis.MEASURED, "htrkit's developers, one core of an AMD EPYC (Zen 5), lines of one page")

LIBRARIES_BYTES = 1 * GIB
"""The CUDA context and the libraries' workspaces; or, on the CPU, torch and the engine's code."""
LONG_LINE_PIXELS = 1500
LETTER_PAGE_MEGAPIXELS = 6.25
"""What Churro scales a page to: at most 2,500 pixels a side."""

KRAKEN_MEMORY = (
    # `latin-modern`, 48 pixels high: 255 MiB for eight lines of 1,500 pixels, 520 MiB for eight of 4,000.
    MemoryModel(Precision.SINGLE, 13 * MIB, LIBRARIES_BYTES, 12 * MIB, 13_900, LONG_LINE_PIXELS, AS_RAM),
)
PYLAIA_MEMORY = (
    # 21 MiB for a line of 128 x 1,500 pixels and 57 MiB for one of 128 x 4,000.
    MemoryModel(
        Precision.SINGLE,
        22 * MIB,
        LIBRARIES_BYTES,
        0,
        15_000,
        LONG_LINE_PIXELS,
        AS_RAM,
    ),
)
TROCR_MEMORY = (
    # TrOCR large, one beam; every line is squeezed into the same square, so that its cost counts for nothing.
    MemoryModel(Precision.HALF, round(1.04 * GIB), LIBRARIES_BYTES, 41 * MIB, 0, 384, AS_RAM),
    MemoryModel(Precision.SINGLE, round(2.08 * GIB), LIBRARIES_BYTES, 92 * MIB, 0, 384, AS_RAM),
)
CHURRO_MEMORY = (
    # 36 KiB a token of the cache: a token for 28 x 28 pixels, and 3,000 to write; the rest is the encoding of pages.
    MemoryModel(Precision.BRAIN, 7 * GIB, LIBRARIES_BYTES, 230 * MIB, 47_000_000, LETTER_PAGE_MEGAPIXELS, ARCHITECTURE),
    MemoryModel(
        Precision.SINGLE, 14 * GIB, LIBRARIES_BYTES, 460 * MIB, 94_000_000, LETTER_PAGE_MEGAPIXELS, ARCHITECTURE
    ),
)
QWEN3_VL_MEMORY = (
    # Of 8 billion weights; 144 KiB a token: a token for 32 x 32 pixels, and 2,048 to write; 0.3 GiB of encoding.
    MemoryModel(Precision.BRAIN, round(16.3 * GIB), LIBRARIES_BYTES, 600 * MIB, 144_000_000, 2.36, ARCHITECTURE),
    MemoryModel(Precision.SINGLE, round(32.6 * GIB), LIBRARIES_BYTES, 1200 * MIB, 288_000_000, 2.36, ARCHITECTURE),
)
PARTY_MEMORY = (
    # The page is encoded once, which takes 2 GiB; each line then has its own view of 19,200 encoded places, and four
    # layers keep theirs: 1,908 MiB for one line, 2,663 for four, 3,675 for eight. Half of it in bfloat16, calculated.
    MemoryModel(Precision.BRAIN, round(0.5 * GIB), 2 * LIBRARIES_BYTES, 125 * MIB, 0, LONG_LINE_PIXELS, ARCHITECTURE),
    MemoryModel(Precision.SINGLE, round(0.5 * GIB), 3 * LIBRARIES_BYTES, 250 * MIB, 0, LONG_LINE_PIXELS, AS_RAM),
)

SERVER_MEMORY = (
    # The network is on the server; here is a picture as it is sent, and its answer.
    MemoryModel(Precision.SINGLE, 0, 0, 2 * MIB, 0, 1, Evidence(Basis.CALCULATED, "the network is on the server")),
)

KRAKEN_CPU = CpuPage(
    4.0,
    Evidence(
        Basis.MEASURED,
        "htrkit's developers, one core of an Intel Xeon: OpenVINO in fp32, half of it in bf16; with torch 11",
    ),
    segmenting_seconds=3.6,
)
PYLAIA_CPU = CpuPage(3.5, ONE_CORE, 120, PUBLISHED)  # 30 lines at 9 a second; 80 times the 1.5 s of a card
TROCR_CPU = CpuPage(
    105, Evidence(Basis.CALCULATED, "30 lines of 50 signs, from lines of 16 signs measured on one core of an AMD EPYC")
)
CHURRO_CPU = CpuPage(1_000, ARCHITECTURE)  # 7 GB of weights are read for each of 3,000 tokens, at 20 GB/s
QWEN3_VL_CPU = CpuPage(1_700, ARCHITECTURE)  # 16.3 GB for each of 2,048
PARTY_CPU = CpuPage(
    720,
    Evidence(
        Basis.MEASURED, "htrkit's developers, encoding one page with the base model on one core of a busy machine"
    ),
)

SEGMENTER = SegmenterRow(
    title="Kraken's segmentation of a page into baselines",
    # A page is scaled to 1,800 pixels of height: 752 MiB at 1,224 pixels of width, 1,492 at 2,448.
    memory=MemoryModel(Precision.SINGLE, 5 * MIB, LIBRARIES_BYTES, 12 * MIB, 353_000_000, 2.2, AS_RAM),
    limit_seconds=30,
    limit_source=PUBLISHED,
    slow_page_on_cpu_seconds=40,
    slow_page_on_gpu_seconds=12,
    usual_page_on_cpu_seconds=10.5,
    usual_page_besides_network_seconds=6.5,
    measured=Evidence(Basis.MEASURED, "htrkit's developers, one core of a 2-core machine, sound pages"),
    advice="Segmentation is the slow part on the CPU: give PAGE or ALTO files with lines where you have them.",
)
"""What Kraken needs to find lines, for whichever engine reads them."""
SERVER_CPU = CpuPage(
    0.5,
    Evidence(Basis.MEASURED, "htrkit's developers, one core of an AMD EPYC (Zen 5): open, scale and write a page"),
)
