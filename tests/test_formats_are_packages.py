"""A format is a package: outside of it nothing names a format, a suffix of its files, or a word of its documents."""

from __future__ import annotations

import re

from evtcompat.formats.loading import built_in
from evtcompat.syntax.suffixes import is_document
from source_files import SourceFile, report, source_files

#: What formats are called.
FORMAT_WORDS = re.compile(r"avro|avsc|json[-_ ]?schema(?!store)", re.IGNORECASE)
#: How the names of their files end, but for those of every other JSON and YAML file.
SUFFIXES = {
    suffix for one in built_in() for suffix in (*one.suffixes, *one.document_suffixes) if not is_document(suffix)
}
#: Words that only documents of a format have. Containers have some of them, too, and put parts of schemas together.
KEYWORDS = {"$schema", "$id", "$ref", "$defs", "$anchor", "$dynamicRef", "allOf", "anyOf", "oneOf", "logicalType"}
#: The files outside the formats' own packages that name a format, and why; a package has one such table for a reason.
NAMING = {
    "checking/paired_items.py": "what a person calls an item of a list that is a reference",
    "cli/help_pages.py": "the files of the examples",
    "contracts/pacts/reading.py": "the language of the readers that pacts become: they speak of JSON",
    "contracts/pacts/translating.py": "the keywords that the rules of a pact become",
    "containers/loading.py": "the built-in containers",
    "formats/loading.py": "the built-in formats",
    "registries/base.py": "what a registry means when it names no type",
    "registries/errors.py": "what a Confluent registry takes references for",
    "reporters/sarif_report.py": "which version of SARIF it is",
    "sources/models/exporter.py": "what libraries of models call what they make",
    "sources/models/recognition.py": "what libraries of models are called",
    "sources/models/importing.py": "files that an import may need, and the dialect of what libraries make",
    "sources/models/places.py": "which part of a model's schema stands for which part of its class",
    "sources/documents/files.py": "what a folder without a schema lacks",
    "sources/git/quick.py": "suffixes of files that are worth a look, before anything is imported",
    "sources/names/other_kinds.py": "documents that are refused with the name of what they are, and what to do",
    "sources/documents/recognition.py": "what a document lacks that is no schema",
    "sources/names/naming.py": "words in file names that are no part of the subject",
    "sources/subjects/subject_folders.py": "folders between a subject and its versions",
    "syntax/excerpt_patches.py": "a reference into the document itself, which an excerpt of it lacks",
}


def words_of_formats(file: SourceFile) -> list[str]:
    """Which words of a file are those of formats, with their lines."""
    keywords = KEYWORDS if file.package != "containers" else set()
    return [
        f"{line}: {text}"
        for line, text in file.words
        if FORMAT_WORDS.search(text) or text.lower() in SUFFIXES or text in keywords
    ]


def test_only_formats_name_formats() -> None:
    """Checking, rules, reporters, payloads, exercise, configuration and command line work for any format."""
    naming = {
        file.path: named
        for file in source_files()
        if not file.package.startswith("formats.") or file.package == "formats.loading"
        if (named := words_of_formats(file))
    }
    report(
        (f"{path}:{one}" for path in naming.keys() - NAMING.keys() for one in naming[path]),
        "Ask the `SchemaFormat` of the schema, which may get another attribute or method (`formats/base.py`). What is "
        "about something else gets into NAMING, and why.",
    )
    report(NAMING.keys() - naming.keys(), "Take out of NAMING what names none any more.")
