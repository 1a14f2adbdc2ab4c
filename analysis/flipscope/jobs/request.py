"""What a job is asked to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from flipscope.predict.runner import Settings
    from flipscope.spec import Spec


class Request(BaseModel):
    """A comparison to make: what ``flipscope compare`` is told on the command line.

    Attributes
    ----------
    name : str
        Of the comparison folder, directly in the workspace.
    tasks : list of dict
        What `flipscope.spec.make_spec` takes, paths as strings.
    device, precision, max_length, use_cache
        As in `flipscope.predict.runner.Settings`.
    limit : int, optional
        Only the first examples.
    allow_torch_weights : bool
        Also open checkpoints that have only PyTorch's own weight files.
    """

    model_config = ConfigDict(extra="forbid")

    name: str
    tasks: list[dict[str, Any]]
    device: str = "auto"
    precision: str = "auto"
    max_length: int | None = None
    use_cache: bool = True
    limit: int | None = None
    allow_torch_weights: bool = False

    def spec(self) -> Spec:
        """Check the tasks.

        Raises
        ------
        FlipscopeError
            When a key is missing, unknown or of the wrong type, or names clash.
        """
        from flipscope.spec import make_spec

        return make_spec(self.tasks)

    def settings(self) -> Settings:
        """Tell how the models are run."""
        from flipscope.predict.runner import Settings

        return Settings(self.device, self.precision, self.max_length, use_cache=self.use_cache)
