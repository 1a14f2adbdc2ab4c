"""Opens CheckList's pickles in a process that can do nothing but read them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

from flipscope.behaviors.suite_file import MAX_EXAMPLES
from flipscope.errors import FlipscopeError

#: Characters that all texts of a suite may have together.
MAX_CHARACTERS = 128 << 20

#: After so many seconds the reading is stopped.
SECONDS = 60.0

_PACKAGE = str(Path(__file__).parents[2])

# Of all that is installed, this package alone can be imported there.
_READER = """
import sys, types
package = sys.modules["flipscope"] = types.ModuleType("flipscope")
package.__path__ = [sys.argv[1]]
from flipscope.behaviors.checklist.reader import main
main()
"""


def read_pickle(content: bytes, *, where: str) -> dict[str, Any]:
    """Read the pickle of a suite or test as plain data; nothing it holds is executed.

    It is read by a Python process without site packages, with limits on memory and time, which answers in JSON.

    Parameters
    ----------
    content : bytes
        The pickle.
    where : str
        What errors name.

    Returns
    -------
    dict
        As `flipscope.behaviors.checklist.reader.read` returns it.

    Raises
    ------
    FlipscopeError
        When it is no suite of CheckList's, asks for anything else, is damaged, or goes beyond the limits.
    """
    command = [sys.executable, "-I", "-S", "-c", _READER, _PACKAGE, str(MAX_EXAMPLES), str(MAX_CHARACTERS)]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise _beyond(where) from error
    except OSError as error:
        raise FlipscopeError(f"the process that reads CheckList files can't be started ({error})") from error
    if done.returncode != 0 or not done.stdout:
        raise _beyond(where)
    answer = cast("dict[str, Any]", json.loads(done.stdout))
    if "error" in answer:
        raise FlipscopeError(answer["error"], where=where, do=answer["do"])
    return answer


def _beyond(where: str) -> FlipscopeError:
    return FlipscopeError(
        "this suite can't be read within the limits of memory and time; nothing in it was run",
        where=where,
        do="If it is a real CheckList suite, save it with fewer cases",
    )
