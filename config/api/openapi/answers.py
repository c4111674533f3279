"""What an answer looks like, for readers: one whole object of each kind, as a server gave it.

Keys that are there only at times are left out. Tests hold these objects against the tables and, where an
example of the document makes one, against what it is answered.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

# By the name of the record.
ANSWERS: Final[Mapping[str, Any]] = json.loads(Path(__file__).with_suffix(".json").read_text("utf-8"))
