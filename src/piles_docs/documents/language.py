"""The language of templates: Jinja, sandboxed, with the French filters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from piles_docs.documents.filters import FILTERS, TAKES_ABSENT
from piles_docs.documents.view import Absent, Record, Unknown, View


class _Language(SandboxedEnvironment):
    """Jinja's sandbox, which asks of each attribute whether it is safe; a view answers that itself."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """See Environment.getattr."""
        if type(obj) is View and not attribute.startswith("_"):
            try:
                return obj.__getattr__(attribute)  # its own attributes all begin with _
            except AttributeError:
                return self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)


def environment(record: Record, *, markup: bool = True) -> SandboxedEnvironment:
    """Make the language of templates for one rendering.

    Args:
        record: Where reads, misses and unknown names are noted.
        markup: Whether what is rendered is XML, where values are escaped, or plain text.
    """

    @pass_context  # it takes the context so that Jinja calls it at each rendering, for constants too
    def finalize(context: Context, value: object) -> object:  # noqa: ARG001  # as above
        if type(value) is not str:
            if not isinstance(value, (str, int, float)) or isinstance(value, Markup):
                return value
            value = str(value)
        record.printed[value] = None
        return value

    made = _Language(autoescape=markup, undefined=Unknown.of(record), finalize=finalize)
    made.filters |= _FILTERS
    return made


def _absent_aware(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let a filter of an absent value note that it is missing, instead of failing on it."""

    def apply(value: object, *arguments: object) -> Any:  # a filter returns what it returns
        return str(value) if isinstance(value, Absent) else function(value, *arguments)

    return apply


_FILTERS = {
    name: function if name in TAKES_ABSENT else _absent_aware(function) for name, function in FILTERS.items()
}
