"""Languages as PAGE names them (`French`) and as ALTO and hOCR do (`fr`)."""

import re

_NAMES = {
    "Arabic": ("ar", "ara"),
    "Armenian": ("hy", "hye", "arm"),
    "Basque": ("eu", "eus", "baq"),
    "Breton": ("br", "bre"),
    "Bulgarian": ("bg", "bul"),
    "Catalan": ("ca", "cat"),
    "Chinese": ("zh", "zho", "chi"),
    "Croatian": ("hr", "hrv"),
    "Czech": ("cs", "ces", "cze"),
    "Danish": ("da", "dan"),
    "Dutch": ("nl", "nld", "dut"),
    "English": ("en", "eng"),
    "Estonian": ("et", "est"),
    "Finnish": ("fi", "fin"),
    "French": ("fr", "fra", "fre"),
    "Galician": ("gl", "glg"),
    "Georgian": ("ka", "kat", "geo"),
    "German": ("de", "deu", "ger"),
    "Greek": ("el", "ell", "gre"),
    "Hebrew": ("he", "heb"),
    "Hungarian": ("hu", "hun"),
    "Icelandic": ("is", "isl", "ice"),
    "Irish": ("ga", "gle"),
    "Italian": ("it", "ita"),
    "Japanese": ("ja", "jpn"),
    "Latin": ("la", "lat"),
    "Latvian": ("lv", "lav"),
    "Lithuanian": ("lt", "lit"),
    "Mongolian": ("mn", "mon"),
    "Norwegian": ("no", "nor"),
    "Occitan": ("oc", "oci"),
    "Old Church Slavonic": ("cu", "chu"),
    "Persian": ("fa", "fas", "per"),
    "Polish": ("pl", "pol"),
    "Portuguese": ("pt", "por"),
    "Romanian": ("ro", "ron", "rum"),
    "Russian": ("ru", "rus"),
    "Sanskrit": ("sa", "san"),
    "Serbian": ("sr", "srp"),
    "Slovak": ("sk", "slk", "slo"),
    "Slovene": ("sl", "slv"),
    "Spanish": ("es", "spa"),
    "Swedish": ("sv", "swe"),
    "Turkish": ("tr", "tur"),
    "Ukrainian": ("uk", "ukr"),
    "Urdu": ("ur", "urd"),
    "Welsh": ("cy", "cym", "wel"),
    "Yiddish": ("yi", "yid"),
}
"""PAGE's name, then the codes of ISO 639-1 and 639-2 (https://www.loc.gov/standards/iso639-2/)."""
_CODE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")


def page_language(language: str | None) -> str | None:
    """Give PAGE's name for a name or code; None for what it has none for."""
    if not language:
        return None
    code = language.split("-")[0].lower()
    return next((name for name, codes in _NAMES.items() if language == name or code in codes), None)


def language_code(language: str | None) -> str | None:
    """Give a code (BCP 47) for a name or code; None where it is neither."""
    if not language:
        return None
    if language in _NAMES:
        return _NAMES[language][0]
    return language if _CODE.fullmatch(language) else None
