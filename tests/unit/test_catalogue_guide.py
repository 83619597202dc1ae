"""What docs/catalogue.md shows is YAML that the catalogue takes, all of it together."""

import re
import shutil
from pathlib import Path

from indicators import catalogue
from pipelines.settings import PROJECT
from tests.unit import real_catalogue

GUIDE = (PROJECT / "docs" / "catalogue.md").read_text(encoding="utf-8")


def test_the_guides_examples_can_be_added(tmp_path: Path):
    folder = tmp_path / "catalogue"
    shutil.copytree(catalogue.HERE, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__", "schema"))
    examples = re.findall(r"```yaml\n# (\S+)\n(.*?)```", GUIDE, flags=re.DOTALL)
    assert [name for name, _text in examples] == [
        "work.yaml",
        "sources.yaml",
        "deliveries/drammen_district_values.yaml",
        "areas.yaml",
        "programmes/skien.yaml",
    ]
    for name, text in examples:
        # Indicators, tables and areas are the last list of their files; a programme's record is a file of its own.
        path = folder / name
        path.write_text((path.read_text(encoding="utf-8") if path.exists() else "") + text, encoding="utf-8")
    real, added = real_catalogue(), catalogue.load(folder)
    assert set(added.indicators) - set(real.indicators) == {"outside_work_and_school"}
    assert set(added.tables) - set(real.tables) == {"ssb/13556"}
    assert set(added.areas) - set(real.areas) == {"oslo-sagene"}
    [record] = [one for one in added.records if one.programme == "skien"]
    assert (record.measures_taken[0].id, record.budget[0].amount) == ("work-training", 1_500_000)
    assert added.contracts["drammen_district_values"].disclosure.base == 300


def test_the_guide_names_every_pillar_and_every_method():
    for pillar in real_catalogue().pillars:
        assert f"`{pillar}.yaml`" in GUIDE
    for method in ("proportion", "rate", "published_value", "count_and_share", "annual_mean"):
        assert f"| `{method}` |" in GUIDE
