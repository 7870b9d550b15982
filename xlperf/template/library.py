"""The registered templates: one folder each, the published workbook inside; nothing else is trusted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cached_property, lru_cache
from pathlib import Path

from xlperf.address import RangeRef, parse_range
from xlperf.errors import TemplateError
from xlperf.template import stored
from xlperf.template.dictionary import Dictionary, read_dictionary
from xlperf.template.outline import Outline, outline_of
from xlperf.workbook.package import Package, open_package
from xlperf.workbook.read import read_bytes
from xlperf.workbook.read_zip import load_bytes
from xlperf.workbook.snapshot import Snapshot


class Template:
    """A published template: its dictionary, its named areas, its cells. Two are the same when their bytes are."""

    def __init__(self, path: Path, digest: str, dictionary: Dictionary, areas: Mapping[str, RangeRef]) -> None:
        self.path, self.digest, self.dictionary, self.areas = path, digest, dictionary, areas

    def __hash__(self) -> int:
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Template) and other.digest == self.digest

    @property
    def id(self) -> str:
        """The template's id."""
        return self.dictionary.id

    @property
    def version(self) -> str:
        """The template's version."""
        return self.dictionary.version

    @cached_property
    def snapshot(self) -> Snapshot:
        """All cells of the workbook. Raises FileRefused, or TemplateError where the file is another one by now."""
        snapshot = stored.load_snapshot(self.digest) or read_bytes(load_bytes(self.path), self.path.name)
        if snapshot.digest != self.digest:
            raise TemplateError(f"模板“{self.path.name}”在使用中被改动，请重试。")
        return snapshot

    @cached_property
    def outline(self) -> Outline:
        """What a submission is laid against."""
        return outline_of(self.snapshot, self.dictionary, self.areas)

    def package(self) -> Package:
        """Open the workbook's parts, for writing instances."""
        return open_package(self.path)


def from_snapshot(path: Path, snapshot: Snapshot) -> Template:
    """Return the template that a workbook holds, whatever it breaks. Raises TemplateError for no dictionary."""
    template = Template(path, snapshot.digest, read_dictionary(snapshot), _areas(snapshot))
    template.snapshot = snapshot
    return template


def _areas(snapshot: Snapshot) -> dict[str, RangeRef]:
    """Return the cells that each workbook-wide defined name means."""
    areas: dict[str, RangeRef] = {}
    for name in snapshot.names:
        if name.scope is None:
            with suppress(ValueError):
                areas[name.name] = parse_range(name.text.removeprefix("="))
    return areas


@lru_cache(maxsize=32)
def load_template(path: Path) -> Template:
    """Read one template workbook. Raises FileRefused or TemplateError."""
    data = load_bytes(path)
    digest = hashlib.sha256(data).hexdigest()
    template = stored.load_template(path, digest)
    if template is None:
        template = from_snapshot(path, read_bytes(data, path.name))
        known = (*template.dictionary.fields, *template.dictionary.blocks)
        missing = [name for name in known if name not in template.areas]
        if missing:
            raise TemplateError(f"模板“{path.name}”的字典中有 {len(missing)} 个名称没有定义，如“{missing[0]}”。")
        stored.save_template(template)
    return template


def root() -> Path:
    """The folder of the registered templates: beside the package in a checkout, inside it when installed."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "_templates"
    return installed if installed.is_dir() else package.parent / "templates"


def folders() -> list[Path]:
    """Return the folders that hold a template, by name."""
    base = root()
    return sorted(path for path in base.iterdir() if path.is_dir()) if base.is_dir() else []


def registered() -> Iterator[Template]:
    """Yield every registered template. Raises TemplateError for a broken one."""
    for folder in folders():
        path = folder / f"{folder.name}.xlsx"
        if path.is_file():
            yield load_template(path)


def ids() -> list[str]:
    """Return the ids of the registered templates; a template's folder has its name."""
    return [folder.name for folder in folders() if (folder / f"{folder.name}.xlsx").is_file()]


def find(template_id: str | None = None) -> Template:
    """Return the registered template of an id; the only one where none is given. Raises TemplateError."""
    path = root() / (template_id or "") / f"{template_id}.xlsx"
    if template_id and path.is_file() and path.parent.parent == root():
        return load_template(path)
    known = list(registered())
    if template_id is None and len(known) == 1:
        return known[0]
    listed = "、".join(template.id for template in known) or "（没有）"
    if template_id is None:
        raise TemplateError(f"请用 --template 指明模板，已登记的有：{listed}。")
    raise TemplateError(f"没有登记编号为“{template_id}”的模板，已登记的有：{listed}。")
