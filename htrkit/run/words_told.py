"""What a model with a language is told in a run: the user's words, else the engine's own, for outputs to cite."""

from pathlib import Path

from htrkit.config.choices import PageReads
from htrkit.config.settings import Settings
from htrkit.domain.errors import UsageProblem
from htrkit.engines.outside import engine_called
from htrkit.files.hashing import file_sha256

ADAPTER = "adapter_model.safetensors"


def words_told(settings: Settings) -> dict[str, str | int]:
    """Give prompt, system prompt and the most tokens that are written; nothing for engines that are told nothing."""
    try:
        prompting = engine_called(settings.engine).prompting
    except UsageProblem:
        return {}  # the package that an older run's engine came from is not here any more
    if prompting is None:
        return {}
    of_page = settings.reads is PageReads.PAGE
    words = prompting.page if of_page else prompting.line
    most = prompting.most_tokens if of_page else prompting.most_tokens_a_line
    adapter = {} if settings.adapter is None else {"adapter": _cited(Path(settings.adapter))}
    return {
        **adapter,
        "prompt": words if settings.prompt is None else settings.prompt,
        "system_prompt": prompting.system,
        "max_new_tokens": settings.max_new_tokens or most,
    }


def _cited(adapter: Path) -> str:
    """Give an adapter as outputs cite it: one that is a folder may be trained on under the same name."""
    try:
        return f"{adapter}, sha256 {file_sha256(adapter / ADAPTER)}"
    except OSError:
        return str(adapter)
