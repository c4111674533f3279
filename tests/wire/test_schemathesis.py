"""Requests drawn from the document at /schema: no fault of the server, no answer that is not told."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.wire.calls import Caller
from tests.wire.house import furnish

HERE = Path(__file__).resolve().parent
# Drawn for each operation. `FUZZ=long` takes an hour and looks everywhere; it is for people, not for CI.
EXAMPLES = 1
LONG = os.environ.get("FUZZ") == "long"

pytestmark = pytest.mark.slow


def test_no_drawn_request_gets_an_answer_that_is_not_told(caller: Caller, tmp_path: Path) -> None:
    house = furnish(caller)
    command = [sys.executable, "-m", "schemathesis.cli", f"--config-file={HERE / 'schemathesis.toml'}", "run"]
    options = [f"{caller.url}/schema?format=json", f"--auth={caller.key}:", "--warnings=off", "--no-color"]
    options += ["--phases=examples,coverage,fuzzing,stateful"] if LONG else []
    options += [f"--max-examples={100 if LONG else EXAMPLES}"]
    environment = {
        **os.environ,
        "HOUSE_IDS": json.dumps(house.made),
        "SCHEMATHESIS_HOOKS": "tests.wire.fuzz_hooks",
        "PYTHONPATH": str(HERE.parent.parent),
        "PYTHONHASHSEED": "0",
    }

    run = subprocess.run(
        [*command, *options], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )

    assert run.returncode == 0, f"{run.stdout}\n{run.stderr}"
