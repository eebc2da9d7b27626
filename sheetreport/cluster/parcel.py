"""What every computer of a cluster needs beside the workbooks, as bytes: they share no folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sheetreport.bureau.brand import Brand
from sheetreport.catalog.load import FILES
from sheetreport.catalog.overlay import read_folder
from sheetreport.pipeline import Options, dress_of


@dataclass(frozen=True, slots=True)
class Parcel:
    """The consultant's own catalogue, its files by name, their brand with its logo, and the other options."""

    catalog: tuple[tuple[str, bytes], ...]
    brand: Brand | None
    options: Options

    @classmethod
    def of(cls, options: Options) -> Parcel:
        """What these options name on this computer. Raises CatalogError, UsageError."""
        own = read_folder(options.catalog, FILES) if options.catalog else ()
        return cls(tuple((file.name, file.data) for file in own), dress_of(options).brand, without(options))

    def unpack(self, folder: Path) -> Callable[[Any], Any]:
        """Put the catalogue into a folder; the function given back makes options say where it lies now."""
        for name, data in self.catalog:
            (folder / name).write_bytes(data)
        catalog = folder if self.catalog else None

        def here(argument: Any) -> Any:
            if isinstance(argument, Options):
                return replace(argument, catalog=catalog, brand=self.brand)
            return argument

        return here


def without(argument: Any) -> Any:
    """Options that name no folder of this computer; anything else as it is."""
    if isinstance(argument, Options):
        return replace(argument, catalog=None, brand=None, commentary=None)
    return argument
