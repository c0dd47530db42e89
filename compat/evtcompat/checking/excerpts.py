"""Fixes of schemas that were taken out of a document, as patches of that document."""

from __future__ import annotations

from evtcompat.dataclasses import replace
from evtcompat.model.documents import Document
from evtcompat.model.mismatches import Fix
from evtcompat.model.reports import DirectedComparison
from evtcompat.syntax.errors import UneditableError
from evtcompat.syntax.excerpt_patches import patch_of_whole
from evtcompat.syntax.excerpts import EXCERPT


def with_patches_of_the_file(comparison: DirectedComparison, document: Document) -> DirectedComparison:
    """The comparison with patches that are written for the candidate's file.

    Args:
        comparison: Its patches are written for the candidate as it was compared.
        document: The candidate. Where it is an excerpt, a fix that is no patch of the whole says why (`Fix.unwritten`).
    """
    if document.syntax != EXCERPT:
        return comparison
    findings = tuple(
        replace(
            one,
            fix=None if one.fix is None else _of_file(one.fix, document),
            alternatives=tuple(_of_file(fix, document) for fix in one.alternatives),
        )
        for one in comparison.result.findings
    )
    return replace(comparison, result=replace(comparison.result, findings=findings))


def _of_file(fix: Fix, document: Document) -> Fix:
    if not fix.patch:
        return fix
    try:
        return replace(fix, patch=patch_of_whole(document, fix.patch))
    except UneditableError as error:
        return replace(fix, patch=(), unwritten=str(error))
    except LookupError:  # an operation that only makes sense after those of another fix
        return replace(fix, patch=(), unwritten="it needs another fix first")
