"""The row of an engine of one's own, with what few authors have measured left open."""

from htrkit.domain.engine import (
    Basis,
    BatchRange,
    CpuPage,
    DeviceKind,
    EngineRow,
    Evidence,
    ExtraNeed,
    MemoryModel,
    ModelForm,
    Precision,
    Reads,
    Speed,
)
from htrkit.domain.names import EngineName

SAID_BY_AUTHOR = Evidence(Basis.PUBLISHED, "the engine's author")


def own_row(  # noqa: PLR0913 - each is a fact of the engine, and most have a default
    name: str,
    *,
    title: str,
    code: str,
    source: str,
    reads: Reads = Reads.LINES,
    model_form: ModelForm = ModelForm.NONE,
    default_model: str | None = None,
    least_device: DeviceKind = DeviceKind.CPU,
    most_in_batch: int = 16,
    weights_bytes: int = 0,
    item_bytes: int = 1_000_000,
    seconds_a_page_on_cpu: float = 1.0,
    needs: tuple[ExtraNeed, ...] = (),
    warnings: tuple[str, ...] = (),
    licence: str = "not said",
    citation: str = "",
) -> EngineRow:
    """Give the row for `htrkit.engines`; `code` is `package.module:Class`, whose class is loaded with a LoadOrder."""
    return EngineRow(
        name=EngineName(name),
        title=title,
        reads=reads,
        code=code,
        default_model=default_model,
        least_device=least_device,
        batch=BatchRange(
            1,
            most_in_batch,
            default=most_in_batch,
            default_on_cpu=most_in_batch,
            default_memory_gb=None,
            source=SAID_BY_AUTHOR,
        ),
        beams_limit=None,
        memory=(MemoryModel(Precision.SINGLE, weights_bytes, 0, item_bytes, 0, 1, SAID_BY_AUTHOR),),
        speed=Speed(one_card=None, two_cards=None, source=SAID_BY_AUTHOR),
        cpu_page=CpuPage(seconds_a_page_on_cpu, SAID_BY_AUTHOR),
        needs=needs,
        tolerance=None,
        warnings=warnings,
        licence=licence,
        citation=citation,
        source=source,
        model_form=model_form,
    )
