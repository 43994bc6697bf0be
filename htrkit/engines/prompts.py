"""What the models with a language are told where the user says nothing else: their cards' words, or ours."""

from htrkit.domain.engine import Prompting

CHURRO = Prompting(
    system="Transcribe the entirety of this historical document to XML format.",
    page="",
    line="",
    most_tokens=20_000,
    most_tokens_a_line=500,
    source="the model's card and the authors' own program: this system prompt, and the picture alone as the question",
)
QWEN3_VL = Prompting(
    system="",
    page=(
        "Transcribe all the text on this page exactly as it is written, line by line, in reading order. Begin a new "
        "line where the page does. Keep spelling, abbreviations, punctuation and capitals; translate, correct and "
        "explain nothing. Answer with the transcription alone, as plain text."
    ),
    line=(
        "Transcribe this line of text exactly as it is written. Keep spelling, abbreviations, punctuation and "
        "capitals; translate, correct and explain nothing. Answer with the transcription alone, as plain text."
    ),
    most_tokens=4_096,
    most_tokens_a_line=256,
    source="htrkit's own: the model's card has none for transcription",
)
SERVER = Prompting(
    system="",
    page=QWEN3_VL.page,
    line=QWEN3_VL.line,
    most_tokens=4_096,
    most_tokens_a_line=256,
    source="htrkit's own, for a model that nothing is known of",
)
