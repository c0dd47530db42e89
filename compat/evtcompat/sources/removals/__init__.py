"""What the baseline has and nothing under check holds any more: removed, renamed, taken in, behind links."""
