"""One operation of the document, read from its route and its view (drf-spectacular's `AutoSchema`)."""

import re
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent

from config.api.openapi import lists, problems
from config.api.openapi.forms import form_content
from config.api.openapi.operation import SAMPLE_IDS, Operation
from config.api.openapi.operations import ALIASES, HIDDEN, OPERATIONS
from config.api.openapi.parameters import Json, field_schema, is_required, shape_schema
from config.api.openapi.types import many, one
from config.api.parsers import FORM_TYPE, JSON_TYPE
from customers.api.base import Resource
from customers.api.pdf import PDF_TYPE, printer_of
from customers.api.shapes import Shape

_LIST, _RETRIEVE, _CREATE, _UPDATE, _DELETE = "list_rows", "retrieve", "create", "update", "destroy"
_VERBS = {_LIST: "List", _RETRIEVE: "Get", _CREATE: "Create", _UPDATE: "Change", _DELETE: "Delete"}
_WRITES = frozenset({"POST", "PATCH", "PUT"})
_ARTICLES = frozenset({"a", "an", "the", "of"})


class WireSchema(AutoSchema):
    """All but sentences and examples comes from the view: its shape, columns, relations, methods."""

    view: Any  # an ApiView
    registry: ComponentRegistry

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: ComponentRegistry
    ) -> Json | None:
        self.path, self.method, self.registry = path, method.upper(), registry
        if self.is_excluded():
            return None
        self.told = OPERATIONS.get(self._key(), Operation())
        operation: Json = {
            "operationId": self._id(),
            "summary": self._summary(),
            "tags": [self._tag()],
            "security": [{"Basic": []}, {"Bearer": []}],
            "parameters": [*self._path_parameters(), *self._query_parameters(), *self._headers()],
            "responses": {str(self._status()): self._success(), **problems.responses()},
        }
        if description := self._description():
            operation["description"] = description
        if self.told.calls:
            operation["x-calls"] = {title: dict(call) for title, call in self.told.calls.items()}
        if body := self._body():
            operation["requestBody"] = body
        if self._is_alias():
            operation["deprecated"] = True
        return operation

    # ── What it is called ───────────────────────────────────────────────────────────────────────────────

    @property
    def action(self) -> str:
        """What a resource does here; empty for endpoints and for acts of a resource's own."""
        action = getattr(self.view, "action", "") or ""
        return action if isinstance(self.view, Resource) and action in _VERBS else ""

    def _segments(self) -> list[str]:
        return self.path.strip("/").split("/")

    def is_excluded(self) -> bool:
        return self._segments()[0] in HIDDEN

    def _is_alias(self) -> bool:
        return self._segments()[0] in ALIASES

    def _key(self) -> str:
        """As the tables of operations name it, aliases by their proper path."""
        first, *rest = self._segments()
        path = "/".join([ALIASES.get(first, first), *rest])
        return f"{self.method} /" + re.sub(r"{(\w+)}", r":\1", path)

    def _id(self) -> str:
        first, *rest = ["alias"] * self._is_alias() + self._name()
        return first + "".join(word.capitalize() for word in rest)

    def _name(self) -> list[str]:
        """In words: create, customer."""
        if self.action:
            verb = self.action.partition("_")[0].replace("destroy", "delete")
            return [verb, *(word for part in self._place() for word in part.split("_"))]
        return [word for word in re.findall(r"[a-z]+", self._summary().lower()) if word not in _ARTICLES]

    def _place(self) -> list[str]:
        """`customer`, `contacts` for a list of contacts; the last word in the singular for one of them."""
        parts = [part for part in self._segments() if not part.startswith("{")]
        singular = [part.removesuffix("s") for part in parts]
        return [*singular[:-1], parts[-1]] if self.action == _LIST else singular

    def _summary(self) -> str:
        if self.told.summary:
            return self.told.summary
        if not self.action:
            # A test asks for an entry in the tables; until then the path speaks for itself.
            return f"{self.method.capitalize()} {' '.join(self._place())}"
        noun = self._resource().noun.lower()
        article = "an" if noun[0] in "aeiou" else "a"
        thing = f"{noun}s" if self.action == _LIST else f"{article} {noun}"
        return f"{_VERBS[self.action]} {thing}"

    def _tag(self) -> str:
        if self.told.tag:
            return self.told.tag
        if noun := getattr(self.view, "noun", ""):
            return f"{noun}s"
        return self._segments()[0].replace("_", " ").capitalize()

    def _resource(self) -> Resource:
        assert isinstance(self.view, Resource)
        return self.view

    # ── What is sent ────────────────────────────────────────────────────────────────────────────────────

    def _path_parameters(self) -> list[Json]:
        return [self._path_parameter(name) for name in re.findall(r"{(\w+)}", self.path)]

    def _path_parameter(self, name: str) -> Json:
        kind = name if name in SAMPLE_IDS else self._kind_before(name)
        sample = SAMPLE_IDS.get(kind)
        schema: Json = {"type": "integer", "minimum": 1, "maximum": 10**18 - 1}
        if isinstance(sample, str):
            pattern = getattr(self.view, "id_pattern", "[^/]+")
            schema = {"type": "string", "pattern": f"^{pattern}$"}
        found: Json = {"name": name, "in": "path", "required": True, "schema": schema}
        found["description"] = f"Id of the {kind.replace('_', ' ')}."
        return found if sample is None else {**found, "example": sample}

    def _kind_before(self, name: str) -> str:
        """Of what kind `:id` is: of the segment before it."""
        segments = self._segments()
        before = segments[segments.index(f"{{{name}}}") - 1]
        return ALIASES.get(before, before).removesuffix("s")

    def _query_parameters(self) -> list[Json]:
        found: list[Json] = []
        if self.action in (_LIST, _RETRIEVE):
            found += lists.list_parameters(self._resource()) if self.action == _LIST else []
            found += lists.shaping_parameters(self._resource())
        elif self.view.is_list:
            found += lists.page_parameters()
        for name, (field, description) in self.told.query.items():
            found.append(lists.query(name, field_schema(field), description))
        return found

    def _description(self) -> str:
        """What there is to say beyond the sentence, with whole calls to copy."""
        calls = [
            f"* {title}: `{self.path}?{'&'.join(f'{name}={value}' for name, value in call.items())}`"
            for title, call in self.told.calls.items()
        ]
        return "\n\n".join(part for part in (self.told.more, "\n".join(calls)) if part)

    def _headers(self) -> list[Json]:
        if self.method not in _WRITES:
            return []
        return [{"$ref": "#/components/parameters/IdempotencyKey"}]

    def _body(self) -> Json | None:
        if self.method not in _WRITES:
            return None
        shape = self._body_shape()
        if shape is None:
            return None
        schema = {"$ref": f"#/components/schemas/{self._component(shape)}"}
        examples = {
            _slug(title): {"summary": title, "value": value} for title, value in self.told.examples.items()
        }
        shown = {"examples": examples} if examples else {}
        form = form_content(
            shape_schema(shape, update=self.action == _UPDATE), next(iter(self.told.examples.values()), {})
        )
        content = {JSON_TYPE: {"schema": schema, **shown}, FORM_TYPE: form}
        needed = self.action == _CREATE and any(is_required(field) for field in shape.fields.values())
        return {"required": needed, "content": content}

    def _body_shape(self) -> type[Shape] | None:
        if self.told.body is not None:
            return self.told.body
        if isinstance(self.view, Resource) and self.action not in (_CREATE, _UPDATE):
            return None
        shape: type[Shape] | None = getattr(self.view, "shape", None)
        return shape

    def _component(self, shape: type[Shape]) -> str:
        """Named for the operation: shapes of different modules may share a name."""
        name = "".join(word.capitalize() for word in self._name())
        schema = shape_schema(shape, update=self.action == _UPDATE)
        component = ResolvedComponent(  # type: ignore[no-untyped-call]
            name=name, type=ResolvedComponent.SCHEMA, schema=schema, object=self.view.__class__
        )
        self.registry.register_on_missing(component)
        return name

    # ── What is answered ────────────────────────────────────────────────────────────────────────────────

    def _status(self) -> int:
        if self.action == _CREATE:
            return 201
        if self.action == _DELETE and self.told.answers is None:
            return 204
        return self.told.status

    def _success(self) -> Json:
        headers: Json = {"X-Request-Id": {"$ref": "#/components/headers/RequestId"}}
        if self.method in _WRITES:
            headers["Idempotent-Replayed"] = {"$ref": "#/components/headers/Replayed"}
        if self.action == _LIST or self.view.is_list:
            headers |= lists.HEADERS
        found: Json = {"description": self._outcome(), "headers": headers}
        if (schema := self._answer()) is not None:
            found["content"] = {JSON_TYPE: {"schema": schema}}
            if self.action == _RETRIEVE and self._prints():
                found["content"][PDF_TYPE] = {"schema": {"type": "string", "format": "binary"}}
        return found

    def _outcome(self) -> str:
        if self._status() == 204:
            return "Done; there is nothing to tell."
        return "One page." if self.action == _LIST else "Done."

    def _answer(self) -> Json | None:
        if self.told.answers is not None:
            return self.told.answers.schema
        if self.action in ("", _DELETE) or not getattr(self.view, "noun", ""):
            return None
        described = one(_slug(self._resource().noun))
        return (many(described) if self.action == _LIST else described).schema

    def _prints(self) -> bool:
        view = self._resource()
        return view.pdf_of is not None or printer_of(view.model) is not None


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")
