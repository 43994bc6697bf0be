"""What a row of the engine table says."""

from dataclasses import dataclass
from enum import StrEnum

from htrkit.domain.names import EngineName


class Reads(StrEnum):
    """What an engine takes in at once."""

    LINES = "lines"
    LINES_IN_PAGE = "lines in their page"
    PAGES = "pages"


class ModelForm(StrEnum):
    """What a model is on disk, or where else it is."""

    KRAKEN = "kraken"
    """One file of Kraken's: .safetensors or .mlmodel."""
    PYLAIA = "pylaia"
    """A folder with `model`, a checkpoint and syms.txt."""
    TRANSFORMERS = "transformers"
    """A folder with config.json, or an id of the Hugging Face hub."""
    TROCR = "trocr"
    """The same, with a tokenizer and a processor in it or named by `--processor`."""
    SERVED = "served"
    """A name that an inference server knows."""
    PATH = "path"
    """Any file or folder, which the engine alone understands."""
    NONE = "none"
    """The engine needs none."""


class DeviceKind(StrEnum):
    """A family of devices."""

    CPU = "cpu"
    CUDA = "cuda"


class Precision(StrEnum):
    """The numbers that a network computes with."""

    SINGLE = "fp32"
    HALF = "fp16"
    BRAIN = "bf16"


class Basis(StrEnum):
    """How a figure was come by."""

    PUBLISHED = "published"
    CALCULATED = "calculated"
    MEASURED = "measured"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a figure comes from."""

    basis: Basis
    whom: str
    """By whom, and on what."""

    @property
    def words(self) -> str:
        """The same in one line."""
        return f"{self.basis}: {self.whom}"


@dataclass(frozen=True, slots=True)
class BatchRange:
    """Batch sizes that make sense for an engine, and the one taken on a 46 GB card."""

    least: int
    most: int
    default: int
    default_on_cpu: int
    """16, or what measuring found better, within the range."""
    default_memory_gb: float | None
    """What the default batch takes on the card, in GB; None where nobody published it."""
    source: Evidence
    doubt: str = ""
    """Why the published memory is not what the memory model says, in one sentence; empty where they agree."""


@dataclass(frozen=True, slots=True)
class MemoryModel:
    """What an engine takes on a device: the model once, and each item of a batch by its cost, as `Item.cost` counts."""

    precision: Precision
    weights_bytes: int
    """Of the model that is usual; replaced by another one's own size where that is known."""
    besides_bytes: int
    """What the libraries take beside it, whatever the batch."""
    item_bytes: int
    """Of an item, whatever its cost."""
    bytes_a_unit: float
    """Of an item for each unit of its cost."""
    usual_cost: float
    """The cost of an item that is large for its kind, in pixels of width or in megapixels."""
    source: Evidence

    @property
    def model_bytes(self) -> int:
        """What is taken before the first item."""
        return self.weights_bytes + self.besides_bytes

    def of_item(self, cost: float | None = None, *, beams: int = 1) -> int:
        """Give the bytes of an item; every beam has its own."""
        return max(round(self.item_bytes + self.bytes_a_unit * (self.usual_cost if cost is None else cost)), 1) * beams


@dataclass(frozen=True, slots=True)
class CpuPage:
    """Seconds that a page takes on one core of a CPU."""

    seconds: float
    source: Evidence
    published_seconds: float | None = None
    """What was published where it differs by a multiple; `published` is its source."""
    published: Evidence | None = None
    segmenting_seconds: float = 0.0
    """What of `seconds` finding the lines takes; 0 where they are given."""


@dataclass(frozen=True, slots=True)
class Speed:
    """Minutes for 100 and for 1,000 pages on one and on two cards; None where nobody published it."""

    one_card: float | None
    two_cards: float | None
    source: Evidence
    one_card_per_1000: float | None = None
    two_cards_per_1000: float | None = None

    def minutes(self, pages: int, *, cards: int) -> float | None:
        """Give the minutes for so many pages; None where nobody published a figure.

        More cards than two are reckoned as pairs of them, two without a figure of their own as one.
        """
        of_two = cards > 1 and self.two_cards is not None
        hundred = self.two_cards if of_two else self.one_card
        thousand = self.two_cards_per_1000 if of_two else self.one_card_per_1000
        if hundred is None:
            return None
        a_page = (thousand / 1000) if thousand is not None and pages >= 1000 else hundred / 100
        return pages * a_page / (cards / 2 if of_two else 1)


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far two readings of a page may lie apart whose batches were composed otherwise, in single precision.

    The text is the same. Another number of workers or a device server composes batches otherwise; with the same
    batches and threads every byte is the same.
    """

    points_pixels: float
    """The most that a point of a line moves."""
    confidence: float
    """The most that a confidence differs, 0 to 1."""


@dataclass(frozen=True, slots=True)
class ExtraNeed:
    """What must be installed beyond the core, and the command that does it."""

    module: str
    """What Python imports."""
    command: str
    offers: str = ""
    """`group:name` of an entry point that tells the package from a namesake; empty where none needs telling."""


@dataclass(frozen=True, slots=True)
class OptionNeed:
    """What must be installed besides where one setting is given."""

    setting: str
    need: ExtraNeed


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model that people use with an engine."""

    name: str
    """What `--model` takes."""
    reads: str
    address: str
    """Where it is, with its card and licence."""


@dataclass(frozen=True, slots=True)
class Prompting:
    """What a model with a language is told with every picture, and how much it may write."""

    system: str
    """Before everything; empty for none."""
    page: str
    """Beside the picture of a page: what `--prompt` replaces; empty for nothing but the picture."""
    line: str
    """The same beside the picture of a line."""
    most_tokens: int
    """For a page: what `--max-new-tokens` replaces."""
    most_tokens_a_line: int
    source: str
    """Whose words these are."""


@dataclass(frozen=True, slots=True)
class EngineRow:
    """One engine: what it reads, its limits, its speeds, where its code lives."""

    name: EngineName
    title: str
    reads: Reads
    code: str | None
    """`package.module:Class` of the stage; None for an engine that is not built yet."""
    default_model: str | None
    least_device: DeviceKind
    batch: BatchRange
    beams_limit: int | None
    memory: tuple[MemoryModel, ...]
    """The precision that it computes in on a GPU first; a card that lacks it takes another."""
    speed: Speed
    cpu_page: CpuPage
    needs: tuple[ExtraNeed, ...]
    tolerance: Tolerance | None
    """None where it is not measured yet: nothing is promised then."""
    warnings: tuple[str, ...]
    licence: str
    citation: str
    source: str
    """Where the engine comes from: a public address."""
    model_form: ModelForm = ModelForm.KRAKEN
    model_classes: tuple[str, ...] = ()
    """What Kraken's model files call the models that the engine reads with; empty where it takes others, or any."""
    prompting: Prompting | None = None
    """None for an engine that is told nothing."""
    served: str | None = None
    """`package.module:name` of what gives the stage where an inference server computes (`--server`); None for an engine
    that only reads here."""
    options: tuple[str, ...] = ()
    """The settings that matter to it most, those of its own first."""
    extras: tuple[OptionNeed, ...] = ()
    models: tuple[KnownModel, ...] = ()
    """Where people begin; not all there are."""

    def memory_in(self, precision: Precision) -> MemoryModel:
        """Give the memory model in a precision; the first where there is none in it."""
        return next((one for one in self.memory if one.precision is precision), self.memory[0])


@dataclass(frozen=True, slots=True)
class SegmenterRow:
    """What finds the lines of a page: its memory, and how long a page may and does take."""

    title: str
    memory: MemoryModel
    limit_seconds: float
    """The limit a page that was published."""
    limit_source: Evidence
    slow_page_on_cpu_seconds: float
    """What a sound page may take on one core."""
    slow_page_on_gpu_seconds: float
    """What of that is left where the network runs on a GPU."""
    usual_page_on_cpu_seconds: float
    """What most pages take on one core."""
    usual_page_besides_network_seconds: float
    """What of that is left on the CPU where the network runs on a GPU."""
    measured: Evidence
    advice: str
    """What spares people its time."""
