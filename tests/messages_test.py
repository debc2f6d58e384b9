#!/usr/bin/env python3
"""Fails when a code that the program throws has no text in both languages, or a text lacks one of them."""
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent / "src"
TRANSLATED = re.compile(r"\{\w+:([a-z_.]+)\}")
THROWN = re.compile(r'Fault::\w+,\s*"([a-z_]+\.[a-z_0-9]+)"')


def main():
    texts, faults = {}, []
    for path in sorted(ROOT.rglob("messages.json")):
        for code, languages in json.loads(path.read_text(encoding="utf-8")).items():
            if code in texts:
                faults.append(f"{path.relative_to(ROOT)}: {code} has a text elsewhere too")
            texts[code] = languages
            for language in ("zh-CN", "en"):
                if not languages.get(language, "").strip():
                    faults.append(f"{path.relative_to(ROOT)}: {code} lacks {language}")
    for code, languages in texts.items():
        for words in TRANSLATED.findall("".join(languages.values())):
            if not any(other.startswith(words + "_") for other in texts):
                faults.append(f"{code}: no text begins with {words}_")
    for path in sorted(ROOT.rglob("*.[ch]pp")):
        if path.stem.endswith("_test"):
            continue
        for code in THROWN.findall(path.read_text(encoding="utf-8")):
            if code not in texts:
                faults.append(f"{path.relative_to(ROOT)}: no text for {code}")
    print("\n".join(faults) if faults else f"messages: {len(texts)} texts, each in both languages")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
