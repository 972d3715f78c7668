"""An installation of LibreOffice: what it says of itself, and the profile that it is started with."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
{items}
</oor:items>
"""
_SETTING = (
    '<item oor:path="/org.openoffice.{path}"><prop oor:name="{name}"><value>{value}</value></prop></item>'
)
_BAR = (
    '<item oor:path="/org.openoffice.Office.UI.WriterWindowState/UIElements/States">'
    '<node oor:name="private:resource/{bar}" oor:op="replace">'
    '<prop oor:name="Visible"><value>false</value></prop></node></item>'
)
_SIDEBAR = (
    '<item oor:path="/org.openoffice.Office.Views/Windows"><node oor:name="SplitWindow2" oor:op="replace">'
    '<node oor:name="UserData"><prop oor:name="UserItem" oor:op="fuse" oor:type="xs:string">'
    "<value>V1,2,0</value></prop></node></node></item>"
)
_BARS = ("menubar/menubar", "statusbar/statusbar", "toolbar/standardbar", "toolbar/textobjectbar")


def said_of_itself(programs: Path, name: str) -> str | None:
    """A value of the installation's own registry, `ooSetupVersion` say; None where there is none to read."""
    try:
        registry = (programs.parent / "share" / "registry" / "main.xcd").read_text("utf-8")
    except OSError:
        return None
    found = re.search(rf'"{name}">\s*<value>([^<]+)</value>', registry)
    return found[1] if found else None


def write_profile(profile: Path, programs: Path) -> None:
    """Write the settings of a new profile: nothing that reaches a page, only what costs time.

    LibreOffice tries out how well it draws when its profile knows another version, which takes twice as long
    as all the rest of its start; and it furnishes a window for each document.
    """
    version = said_of_itself(programs, "ooSetupVersion") or ""
    items = [
        _SETTING.format(path="Setup/Product", name="ooSetupLastVersion", value=escape(version)),
        _SETTING.format(path="Office.Linguistic/SpellChecking", name="IsSpellAuto", value="false"),
        *(_BAR.format(bar=bar) for bar in _BARS),
        _SIDEBAR,
    ]
    user = profile / "user"
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(_PROFILE.format(items="\n".join(items)), "utf-8")
