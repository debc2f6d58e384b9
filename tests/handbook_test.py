#!/usr/bin/env python3
"""Fails when the user handbook (docs/handbook) is not whole: both languages have the same pages and pictures, every link and picture leads
somewhere, every picture is used, each page shows two to five of its own language, none is too large, and what stands in bold — what a page
of the client says — is a text of the client in that language. The test breaks a copy to see that it would notice."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BOOK = ROOT / "docs/handbook"
LANGUAGES = ("zh-CN", "en")
WITHOUT_PICTURES = {"README.md", "first-sign-in.md"}
LARGEST = 150_000
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
BOLD = re.compile(r"\*\*(.+?)\*\*")
PAIR = re.compile(r"\[\s*'((?:[^'\\]|\\.)*)',\s*'((?:[^'\\]|\\.)*)',?\s*\]")


def anchors(text):
    """What GitHub makes of the headings."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in re.findall(r"^#+ (.+)$", text, re.M)}


def client_texts(language):
    """What the pages of the client say, with what is filled in as a pattern."""
    at = LANGUAGES.index(language)
    for file in sorted((ROOT / "web/src").glob("**/*.ts")):
        for pair in PAIR.findall(file.read_text(encoding="utf-8")):
            text = re.sub(r"\\u\{?([0-9a-fA-F]+)\}?", lambda found: chr(int(found[1], 16)), pair[at]).replace("\\'", "'")
            if len(re.sub(r"\{[^}]*\}|\W", "", text)) < 2:
                continue  # nothing but what is filled in
            yield "".join(".*" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{[^}]*\})", text))


def faults(pages, pictures, said):
    """pages: {"en/README.md": text}; pictures: {"en/name.png": size}; said: for a language, whether the client says a text."""
    names = {language: {path.split("/")[1] for path in pages if path.startswith(language + "/")} for language in LANGUAGES}
    shots = {language: {path.split("/")[1] for path in pictures if path.startswith(language + "/")} for language in LANGUAGES}
    for name in sorted(names["zh-CN"] ^ names["en"]):
        yield f"{name}: is there in one language only"
    for name in sorted(shots["zh-CN"] ^ shots["en"]):
        yield f"pictures of {name}: is there in one language only"
    used = set()
    for path, text in sorted(pages.items()):
        language, _, name = path.rpartition("/")
        own = []
        for target in LINK.findall(text):
            if re.match(r"https?:", target):
                continue
            file, _, fragment = target.partition("#")
            found = (BOOK / path).parent / file if file else BOOK / path
            if found.suffix == ".png":
                shown = found.resolve().relative_to((BOOK / "pictures").resolve()).as_posix()
                own.append(shown)
                if shown not in pictures:
                    yield f"{path}: there is no picture {target}"
                elif not shown.startswith(language + "/"):
                    yield f"{path}: {target} is of the other language"
                continue
            inside = found.resolve().relative_to(BOOK.resolve()).as_posix() if found.resolve().is_relative_to(BOOK.resolve()) else None
            if inside not in pages and not found.exists():
                yield f"{path}: {target} leads nowhere"
            elif fragment and fragment not in anchors(pages.get(inside) or found.read_text(encoding="utf-8")):
                yield f"{path}: there is no heading {target}"
        used.update(own)
        if language and name not in WITHOUT_PICTURES and not 2 <= len(set(own)) <= 5:
            yield f"{path}: shows {len(set(own))} pictures, not two to five"
        for word in BOLD.findall(text) if language else []:
            if not said[language](word):
                yield f"{path}: no page says “{word}”"
    for picture, size in sorted(pictures.items()):
        if picture not in used:
            yield f"pictures/{picture}: no page shows it"
        if size >= LARGEST:
            yield f"pictures/{picture}: has {size} bytes"


def main():
    pages = {path.relative_to(BOOK).as_posix(): path.read_text(encoding="utf-8") for path in BOOK.glob("**/*.md")}
    pictures = {path.relative_to(BOOK / "pictures").as_posix(): path.stat().st_size for path in (BOOK / "pictures").glob("*/*.png")}
    # A whole sentence in bold is ours; what a page says is short, and may be shown without what is filled in behind it.
    said = {}
    for language in LANGUAGES:
        pattern = re.compile("|".join(sorted(set(client_texts(language)))))
        said[language] = lambda word, pattern=pattern: re.search(r"[.。：:]$", word) or len(word) > 60 or "…" in word or pattern.fullmatch(word)
    found = list(faults(pages, pictures, said))
    broken = {
        "a page in one language": ({**pages, "en/more.md": ""}, pictures),
        "a link that leads nowhere": ({**pages, "en/README.md": pages["en/README.md"] + "[x](missing.md)"}, pictures),
        "a picture that is not there": ({**pages, "en/README.md": pages["en/README.md"] + "![x](../pictures/en/missing.png)"}, pictures),
        "a picture that nobody shows": (pages, {**pictures, "en/x.png": 1, "zh-CN/x.png": 1}),
        "a picture of the other language": ({**pages, "en/README.md": pages["en/README.md"] + f"![x](../pictures/{min(p for p in pictures if p.startswith('zh'))})"}, pictures),
        "words that no page says": ({**pages, "en/README.md": pages["en/README.md"] + "**Frobnicate**"}, pictures),
    }
    for what, (these_pages, these_pictures) in broken.items():
        if len(list(faults(these_pages, these_pictures, said))) <= len(found):
            found.append(f"this test does not notice {what}")
    for fault in found:
        print(fault)
    print(f"handbook: {len(pages)} pages, {len(pictures)} pictures, {len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
