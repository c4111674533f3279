"""What is wrong with a file, told to the person who can mend it."""

from dataclasses import asdict, dataclass
from typing import Any

from customers.errors import Refused


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: in which file, line and column, and why. Line 0 means the whole file."""

    file: str
    line: int
    column: str
    reason: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def __str__(self) -> str:
        place = self.file
        if self.line:
            place += f", line {self.line}"
        if self.column:
            place += f", column {self.column}"
        return f"{place}: {self.reason}"


class UnreadableFile(Refused):
    """A file that cannot be read as a table at all; `line` and `column` when they are known."""

    def __init__(self, message: str, *, file: str = "", line: int = 0, column: str = "") -> None:
        super().__init__(message, param="file")
        self.fault = Fault(file=file, line=line, column=column, reason=message)


class BadCell(ValueError):
    """A cell that cannot be read as what its column asks for; the text is the reason."""
