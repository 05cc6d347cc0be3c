"""GATHER: which kernel a name means to Jupyter, and which are near to one that it does not know."""

from __future__ import annotations

import difflib
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ipymod.notebooks.model import Notebook

NATIVE = "python3"  # what Jupyter takes where a notebook names none
_OWN = frozenset({"ipykernel", "ipykernel_launcher"})


class Kernelspecs:
    """The kernelspecs of this machine, as Jupyter in this environment finds them."""

    def __init__(self) -> None:
        from jupyter_client.kernelspec import KernelSpecManager

        self.manager: Any = KernelSpecManager()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All names, in their order."""
        return tuple(sorted(self.manager.find_kernel_specs()))

    def of(self, name: str) -> Any:
        """Give the kernelspec of a name; None if there is none.

        Raises:
            ValueError, OSError: its kernel.json cannot be read, or there is nothing to start in it.
        """
        from jupyter_client.kernelspec import NoSuchKernel
        from traitlets import TraitError

        try:
            spec = self.manager.get_kernel_spec(name)
        except NoSuchKernel:
            return None
        except (TypeError, TraitError) as error:  # JSON, and no kernelspec
            raise ValueError(f"its kernel.json is no kernelspec: {error}") from error
        if not (spec.argv or "kernel_provisioner" in spec.metadata):
            raise ValueError('its kernel.json has no "argv", the command to start')
        return spec

    def named_by(self, notebook: Notebook) -> str:
        """Tell the kernel that a notebook asks for; without a name one of its language."""
        if notebook.kernel or notebook.language == "python":
            return notebook.kernel or NATIVE
        for name in self.names:
            try:
                if self.of(name).language.lower() == notebook.language:
                    return name
            except (ValueError, OSError):
                continue
        return notebook.language

    def nearest(self, name: str) -> str:
        """Tell the installed name that looks like it; empty if none does."""
        return next(iter(difflib.get_close_matches(name.lower(), self.names, 1)), "")


def is_ipykernel(spec: Any) -> bool:
    """Tell whether it starts IPython's kernel, which takes IPython's options."""
    return any(word in _OWN for word in spec.argv)
