"""The document of the API, as a client of the server reads it, and a judge of answers by it."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from jsonschema import Draft202012Validator

from config.api.openapi.document import Generator
from config.api.openapi.objects import RECORDS
from tests.wire.calls import Answer


@dataclass(frozen=True)
class Described:
    """One operation of the document: `POST /customers/{customer}/contacts`."""

    method: str
    path: str
    told: Mapping[str, Any]

    @property
    def key(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def status(self) -> int:
        """That of success."""
        return next(int(status) for status in self.told["responses"] if status < "300")

    @property
    def bodies(self) -> dict[str, Any]:
        """The examples of a body, by title."""
        content = self.told.get("requestBody", {}).get("content", {}).get("application/json", {})
        return {title: example["value"] for title, example in content.get("examples", {}).items()}

    @property
    def calls(self) -> dict[str, dict[str, str]]:
        """The examples of a query, by title."""
        found: dict[str, dict[str, str]] = self.told.get("x-calls", {})
        return found


class Document:
    """`strict`: objects may have no key that the document does not tell."""

    def __init__(self) -> None:
        self.content = Generator().get_schema()

    @cached_property
    def operations(self) -> list[Described]:
        return [
            Described(method.upper(), path, told)
            for path, methods in self.content["paths"].items()
            for method, told in methods.items()
        ]

    @cached_property
    def _strict(self) -> dict[str, Any]:
        components: dict[str, Any] = copy.deepcopy(self.content["components"])
        for record in RECORDS.values():
            if record.title in components["schemas"]:
                components["schemas"][record.title]["additionalProperties"] = False
        return components

    def problems(self, operation: Described, answer: Answer) -> Iterator[str]:
        """What about an answer is not as it is told."""
        told = operation.told["responses"].get(str(answer.status))
        if told is None:
            yield f"status {answer.status} is not told"
            return
        if "$ref" in told:
            told = self.content["components"]["responses"][told["$ref"].rpartition("/")[2]]
        for name, header in told.get("headers", {}).items():
            if "$ref" in header:
                header = self.content["components"]["headers"][header["$ref"].rpartition("/")[2]]  # noqa: PLW2901
            if header.get("required") and not answer.has(name):
                yield f"header {name} is missing"
        if "content" not in told:
            if answer.body:
                yield "a body is answered where none is told"
            return
        schema = {**told["content"]["application/json"]["schema"], "components": self._strict}
        for fault in Draft202012Validator(schema).iter_errors(answer.json):
            yield f"{fault.json_path}: {fault.message[:200]}"
