"""The questions that `piles new` asks, in their order; the models themselves judge the answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError

Answers = Mapping[str, str]
"""What was answered, by dotted path; a question that was not answered is not there."""


def _always(_answers: Answers) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question; question and help are French."""

    path: str
    question: str
    help: str
    is_asked: Callable[[Answers], bool] = _always
    """Tells, from the earlier answers, whether the question makes sense."""

    @property
    def is_required(self) -> bool:
        """Whether an empty answer is refused."""
        return self.path == "porteuse.article" or self._field.is_required()

    def refusal(self, answer: str) -> str | None:
        """Return what is wrong with an answer and what to do, in French, or None when it is right."""
        if not answer.strip():
            return "cette réponse est nécessaire" if self.is_required else None
        # The field itself carries the constraints that its annotation lost when the model was built.
        adapter: TypeAdapter[Any] = TypeAdapter(Annotated[self._field.annotation, self._field])
        try:
            adapter.validate_python(answer)
        except ValidationError as error:
            context = error.errors()[0]["ctx"]
            return f"{context['message']} ; {context['remedy']}"
        return None
