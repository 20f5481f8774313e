"""Secrets: references in the file, values from the environment or from files."""

from collections.abc import Mapping
from pathlib import Path

from pydantic_core import PydanticCustomError

from groundwatch.config.problems import holds_password, kind_of
from groundwatch.settings import SecretMark

MAX_BYTES = 64_000
_WAY_OUT = "`{env: NAME}` or `{file: PATH}`"


class Secrets:
    """Finds the secrets that a configuration refers to.

    Attributes:
        folder: relative paths of secret files begin here.
    """

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self._environment = environment
        self.folder = folder

    def resolve(self, value: object, mark: SecretMark) -> object:
        """Return what a reference points to.

        Raises:
            PydanticCustomError: it is no reference, or points to nothing. Never shows a value.
        """
        if value == "":
            return value
        if isinstance(value, str):
            return self._literal(value, mark)
        if not isinstance(value, dict) or len(value) != 1:
            raise _refused(f"is {kind_of(value)}; must be {_WAY_OUT}")
        ((key, name),) = value.items()
        if key not in {"env", "file"} or not isinstance(name, str) or not name:
            raise _refused(f"must be {_WAY_OUT}")
        return self._variable(name) if key == "env" else self._file(name)

    def _literal(self, value: str, mark: SecretMark) -> str:
        if not mark.literal:
            raise _refused(
                "is written into the file; move the secret to an environment variable or a file "
                f"of its own and write {_WAY_OUT} here"
            )
        if holds_password(value):
            raise _refused(f"is a URL with a password; write {_WAY_OUT} and put the URL there")
        return value

    def _variable(self, name: str) -> str:
        value = self._environment.get(name)
        if value is None:
            raise _refused(f"environment variable {name} is not set; set it before starting")
        if not value:
            raise _refused(f"environment variable {name} is empty")
        return value

    def _file(self, name: str) -> str:
        path = self.folder / name
        try:
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
            value = data.decode().rstrip("\r\n")
        except OSError as error:
            raise _refused(f"file {path} cannot be read: {error.strerror}") from error
        except UnicodeDecodeError:
            raise _refused(f"file {path} is not UTF-8 text") from None
        if not value or len(data) > MAX_BYTES:
            size = "is empty" if not value else f"has more than {MAX_BYTES:,} bytes"
            raise _refused(f"file {path} {size}; it must hold the secret and nothing else")
        return value


def _refused(message: str) -> PydanticCustomError:
    return PydanticCustomError("secret", "{said}", {"said": message})
