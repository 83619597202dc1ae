"""The folder of pages: which there are, how they are filled in, and that it is whole before anybody sees it.

    DIR/index.html                the areas, where there are several; else the first page
    DIR/[<area>/]index.html       the first page in Norwegian; below en/ the same in English
    DIR/[<area>/]pillar/<id>.html, indicator/<id>.html
    DIR/download/<format>/        the figures as data
    DIR/style.css                 the one style sheet

No page asks for anything outside the folder, and none needs a server or JavaScript.
"""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from indicators.catalogue import Catalogue
from pipelines.exports import flat_files, writing
from pipelines.formats.untrusted import visible
from pipelines.language import LANGUAGES, Language
from pipelines.report import home, indicator_page, other_pages, picture
from pipelines.report.published import EVERY_AREA, Published, read
from pipelines.storage import files

_TEMPLATES = Path(__file__).with_name("templates")
_MARKER = ".levekar-report"
FOLDER = "report"
"""Where the pages lie beside the warehouse, unless another folder is named."""


class ReportError(ValueError):
    """The pages cannot be written where they were asked for, or of what."""


@dataclass(frozen=True)
class Place:
    """Where a page lies: below which area's folder ('' for the only one), in which language, under which name."""

    area_folder: str
    language: str
    name: str

    @property
    def path(self) -> str:
        """The file within the site."""
        file = self.name if "." in self.name else f"{self.name}.html"
        parts = [self.area_folder, "" if self.language == LANGUAGES[0] else self.language, file]
        return "/".join(part for part in parts if part)

    def up(self, levels_of: str) -> str:
        """Return the way up to the folder of the `language`, the `area` or the `site`."""
        depth = self.name.count("/")
        if levels_of != "language" and self.language != LANGUAGES[0]:
            depth += 1
        if levels_of == "site" and self.area_folder:
            depth += 1
        return "../" * depth


@dataclass(frozen=True)
class Written:
    """What was written: pages, bytes of the whole folder, and whether its figures are made up."""

    folder: Path
    pages: int
    size: int
    synthetic: bool


def write(root: Path, catalogue: Catalogue, areas: list[str], folder: Path, *, release: str | None = None) -> Written:
    """Write the pages of the current edition for these areas.

    release: the name under which the edition was frozen, which every page then says. The folder is replaced as a whole,
    once all pages are written; a folder that is not one of ours is left alone. Raises NothingPublished, OtherVersion,
    ReportError.
    """
    published = read(root, catalogue, areas)
    if release is not None:
        published = replace(published, meta={**published.meta, "release": release})
    areas = published.with_figures if EVERY_AREA in areas else list(dict.fromkeys(areas))
    unknown = [area for area in areas if area not in published.areas]
    if unknown:
        raise ReportError(f"area '{unknown[0]}' is not in the edition; known are {', '.join(published.with_figures)}")
    try:
        with files.replacing_folder(folder, _MARKER) as made:
            pages = fill(made, published, areas)
    except files.HoldsOther:
        raise ReportError(
            f"{folder} holds something else than pages of levekar report: name a new or empty folder"
        ) from None
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return Written(folder, pages, size, published.synthetic)


def fill(made: Path, published: Published, areas: list[str]) -> int:
    """Write all pages of these areas, the style sheet and the downloads into an empty folder; return how many pages."""
    shutil.copyfile(picture.STYLE, made / picture.STYLE.name)
    published = replace(published, downloads=_downloads(made / "download", published))
    environment = _environment()
    environment.globals["named"] = published.exported.named
    environment.globals["site_areas"] = areas if len(areas) > 1 else []
    count = 0
    for place, text in _pages(environment, published, areas):
        target = made / place.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        count += target.suffix == ".html"
    return count


def _downloads(folder: Path, published: Published) -> dict[str, list[str]]:
    """Write the figures as data, once for all areas; return the names of files by format."""
    (folder / "indicator").mkdir(parents=True)
    written = [*flat_files.write_figures(published.exported, folder / "indicator")]
    written += writing.fill(published.exported, folder, [name for name in writing.FORMATS if name != "parquet"])
    found: dict[str, list[str]] = {}
    for path in written:
        found.setdefault(path.parent.name, []).append(path.name)
    return found


def _pages(environment: Environment, published: Published, areas: list[str]) -> Iterator[tuple[Place, str]]:
    several = len(areas) > 1
    for code in LANGUAGES:
        say = Language(code)
        if several:
            place = Place("", code, "index")
            yield place, _render(environment, "areas", place, say, published, areas[0], {"listed": areas})
        for area in areas:
            for name, template, context in _of_area(published, area, say):
                place = Place(area if several else "", code, name)
                yield place, _render(environment, template, place, say, published, area, context)
                if template == "indicator" and context["chart"] is not None:
                    named = f"indicator/{published.exported.named(context['indicator'])}.svg"
                    title = picture.titles(published, area, context["name"], say)
                    yield (
                        replace(place, name=named),
                        picture.alone(context["chart"], title, picture.cited(published, say), say),
                    )


def _of_area(published: Published, area: str, say: Language) -> Iterator[tuple[str, str, dict[str, Any]]]:
    yield "index", "home", home.context(published, area, say)
    for pillar in (row["pillar_id"] for row in published.pillars):
        yield f"pillar/{pillar}", "pillar", home.context(published, area, say, pillar)
    for indicator in published.indicators:
        yield f"indicator/{indicator}", "indicator", indicator_page.context(published, area, indicator, say)
    for name, context in other_pages.PAGES.items():
        yield name, name, context(published, area, say)


def _render(
    environment: Environment,
    template: str,
    place: Place,
    say: Language,
    published: Published,
    area: str,
    context: Mapping[str, Any],
) -> str:
    other = next(code for code in LANGUAGES if code != say.code)
    there = Place(place.area_folder, other, place.name)
    way = f"{place.up('area')}{'' if other == LANGUAGES[0] else f'{other}/'}{there.name}.html"
    return environment.get_template(f"{template}.html").render(
        {
            "say": say,
            "english": partial(_written_in, "en", say),
            "norwegian": partial(_written_in, "nb", say),
            "published": published,
            "built_at": datetime.fromisoformat(published.meta["built_at"]),
            "area": area,
            "area_name": published.name(area),
            "place": place,
            "other_language": other,
            "other_href": way,
            "menu": ["index", *other_pages.PAGES],
            "in_area_list": template == "areas",
            **context,
        }
    )


def _written_in(code: str, say: Language, text: str | None) -> Markup:
    """Mark text that there is in one language alone, so that a screen reader reads it as that."""
    if not text:
        return Markup("")
    return escape(text) if say.code == code else Markup('<span lang="{}">{}</span>').format(code, text)


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    return environment


def _shown(value: Any) -> Any:
    """Write out characters that act on a surface, and nothing for None; Jinja escapes what is left."""
    if value is None:
        return ""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
