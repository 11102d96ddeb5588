"""What she is told before anything is written down (P-39.1, s. 8): which text is read today; pure.

The words are in ``templates/cases/notice_text_<version>.html``, in both languages. A new text gets a new
version and a file of its own: what was read stays as it was read.
"""

from __future__ import annotations

NOTICE_VERSION = "2026-11"
"""Of the text that is read now."""
NOTICES = (NOTICE_VERSION,)
