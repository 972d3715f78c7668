"""The language of templates: Jinja, sandboxed, with the French filters."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar

from jinja2 import Template, nodes, pass_context
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment
from jinja2.utils import missing
from markupsafe import Markup, escape

from piles_docs.documents.filters import FILTERS, TAKES_ABSENT
from piles_docs.documents.view import RECORDING, Absent, Record, Unknown, View

Function = TypeVar("Function", bound=Callable[..., object])


class Names(Context):
    """What a program of a template may name, in layers: nothing is computed that it does not ask for."""

    def __init__(self, program: Template, layers: Sequence[Mapping[str, Any]]) -> None:
        """See the class.

        Args:
            program: Compiled by a language of this module.
            layers: The first that has a name gives its value.
        """
        super().__init__(program.environment, {}, program.name, program.blocks)
        self._layers = (*layers, program.environment.globals)

    def resolve_or_missing(self, key: str) -> Any:
        """See Context.resolve_or_missing."""
        if key in self.vars:
            return self.vars[key]
        for layer in self._layers:
            if key in layer:
                return layer[key]
        return missing


class _Programs(CodeGenerator):
    """Writes the programs of templates: what is printed goes through one function, not two."""

    def _output_child_pre(
        self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo
    ) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile:
            self.write("environment.printed((")  # both are closed after it, as for `escape(finalize(`
        else:
            super()._output_child_pre(node, frame, finalize)


class _Language(SandboxedEnvironment):
    """Jinja's sandbox; what is ours, and known to be safe, does not go through its questions."""

    code_generator_class = _Programs

    @staticmethod
    def printed(value: object) -> str:
        """Note a value that is printed, and give it as markup."""
        if type(value) is str:
            RECORDING.get().printed[value] = None
            return html.escape(value)
        return escape(_noted(value))

    def call(self, context: Context, obj: Any, /, *arguments: Any, **named: Any) -> Any:
        """See SandboxedEnvironment.call."""
        if not named and getattr(obj, "is_ours", False) is True:
            return obj(*arguments)
        return super().call(context, obj, *arguments, **named)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """See Environment.getattr."""
        if type(obj) is View and not attribute.startswith("_"):
            try:
                return obj.__getattr__(attribute)  # its own attributes all begin with _
            except AttributeError:
                return self.undefined(obj=obj, name=attribute)
        if type(obj) is dict and attribute in obj and not hasattr(dict, attribute):
            return obj[attribute]
        return super().getattr(obj, attribute)


@contextmanager
def recording(record: Record) -> Iterator[None]:
    """Note in `record` what templates print, and the names they use that nothing has."""
    before = RECORDING.set(record)
    try:
        yield
    finally:
        RECORDING.reset(before)


def environment(*, markup: bool = True) -> SandboxedEnvironment:
    """Make the language of templates, which renders while `recording`.

    Args:
        markup: Whether what is rendered is XML, where values are escaped, or plain text.
    """
    made = _Language(autoescape=markup, undefined=Unknown, finalize=_finished)
    made.filters |= _FILTERS
    return made


@cache
def language() -> SandboxedEnvironment:
    """The language of Word templates: one for all, also for threads."""
    return environment()


def ours(function: Function) -> Function:
    """Mark a function that templates are given: it is safe, and wants no context of Jinja's."""
    function.is_ours = True  # type: ignore[attr-defined]  # functions take attributes
    return function


@pass_context  # it takes the context so that Jinja calls it at each rendering, for constants too
def _finished(context: Context, value: object) -> object:  # noqa: ARG001  # as above
    return _noted(value)


def _noted(value: object) -> object:
    if type(value) is not str:
        if not isinstance(value, (str, int, float)) or isinstance(value, Markup):
            return value
        value = str(value)
    RECORDING.get().printed[value] = None
    return value


def _absent_aware(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let a filter of an absent value note that it is missing, instead of failing on it."""

    def apply(value: object, *arguments: object) -> Any:  # a filter returns what it returns
        return str(value) if isinstance(value, Absent) else function(value, *arguments)

    return apply


_FILTERS = {
    name: function if name in TAKES_ABSENT else _absent_aware(function) for name, function in FILTERS.items()
}
