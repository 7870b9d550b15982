"""The exceptions of xlperf, each with the exit status it ends a command with.

::

    XlperfError                    2  anything that stops the work; its text is one Chinese sentence for the user
    ├── FileRefused                2  a file that cannot or must not be read
    │   └── LimitExceeded          2  ... because it is larger or deeper than the limits allow
    ├── TemplateError              2  a template that breaks the conventions, or is not registered
    │   └── TemplateUnknown        2  ... a submission whose template cannot be told
    ├── DataError                  2  a data file for ``fill`` that does not fit the template
    └── FormulaUnsupported         2  a formula outside what is vouched for (caught inside ``recompute``)

Findings are not exceptions: a workbook full of mistakes is checked without any of these.
"""

from __future__ import annotations


class XlperfError(Exception):
    """Base of all; ``str(error)`` is a sentence that says what, where and what to do."""

    exit_code = 2


class FileRefused(XlperfError):
    """The file cannot be read as a workbook, or must not be."""


class LimitExceeded(FileRefused):
    """The file is larger, deeper or more numerous than the limits allow."""


class TemplateError(XlperfError):
    """A template does not keep the conventions, or cannot be built."""


class TemplateUnknown(TemplateError):
    """No registered template fits the submission."""


class DataError(XlperfError):
    """The data file given to ``fill`` does not fit the template."""


class FormulaUnsupported(XlperfError):
    """The formula uses something that xlperf does not vouch for; it is then not checked."""
