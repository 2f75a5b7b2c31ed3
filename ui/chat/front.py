"""The chat's front end: the one in Chainlit's wheel, without what it takes from the internet.

Chainlit reads its settings from the folder `CHAINLIT_APP_ROOT` when it is imported, so
`prepare_front` runs before any import of `ui.chat.callbacks`. At each start it writes that folder anew:

    chat/.chainlit/config.toml            ui/chat/chainlit.toml
    chat/chainlit_fr-FR.md                empty: the chat has no page about itself
    chat/.chainlit/translations/fr-FR…    the wheel's French words, corrected by ui/chat/french.json
    chat/front/index.html                 ui/templates/chat.html: French, no inline script, nothing from outside
    chat/front/index-audit.html, …        the same, with the ways to the review and to the console
    chat/front/assets/                    the wheel's script, a few words of it made French and a few acts mended, and
                                          its style sheet

Players, PDF viewer and charts of the wheel are left out: they load third parties' pages, and no
answer needs them.
"""

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from importlib.util import find_spec
from itertools import chain, combinations
from pathlib import Path
from typing import Any

from ui.errors import FrontUnusable
from ui.pages import BESIDE, STATIC, Notice, nothing_announced, pages

HERE = Path(__file__).parent
LANGUAGE = "fr-FR"

# Words that the wheel's script says in English whatever the language; each must be found.
FRENCH = {
    '"Toggle Sidebar"': '"Afficher ou masquer l’historique"',
    'children:"Close"': 'children:"Fermer"',
    '"Untitled Conversation"': '"Conversation sans titre"',
    'alt:"user image"': 'alt:""',
    'alt:"logo"': 'alt:"Assistant"',
    '"Toggle theme"': '"Thème clair ou sombre"',
    '"aria-label":"Close toast"': '"aria-label":"Fermer le message"',
    "`Avatar for ${": "`Image de ${",
    "Error fetching threads: ": "L’historique ne peut pas être lu\u202f: ",
    "`File is larger than ${": "`Fichier trop gros\u202f: la limite est de ${",
    ".max_size_mb} MB`": ".max_size_mb} Mo`",
    'message:"Too many files"': 'message:"Trop de fichiers à la fois\u202f: joignez-en moins."',
    '"File type must be ".concat(n)': '"Ce format n’est pas pris en charge. Convertissez-le, par exemple en PDF."',
    '"Upload failed"': '"le serveur ne l’a pas accepté. Joignez-le de nouveau."',
    '"Upload error"': '"la connexion a été interrompue. Joignez-le de nouveau."',
    # What follows is the server's English for a conversation that is not there, or is another's; the rest is ours.
    '"Couldn\'t resume chat: "+s': (
        's==="Thread not found."?"Cette conversation n’existe pas, ou n’est pas la vôtre.":s'
    ),
    "Couldn't resume chat": "La conversation ne peut pas être reprise",
}

# Where the wheel's script connects the page for what it no longer shows, and where it draws anew what it might leave
# alone, which takes the focus, and the question that is being typed, from who works by keyboard; each must be found.
MENDED = {
    # A page learns only a moment after it is drawn which conversation it opens. It connected for none before, and then
    # for that one, each time after it had been given a cookie that we have not; whichever answer came last decided, and
    # a page that was connected for none waited for its conversation for ever. Now it connects once, for what it shows.
    "try{await t.stickyCookie(e)}catch(Q){console.error(`Failed to set sticky session cookie: ${Q}`)}": "",
    "!e||!r||!l||i({transports:window.transports,userEnv:a})},[a,e,i,r,l])": (
        "if(e&&r&&l)return i({transports:window.transports,userEnv:a}),i.cancel},[a,e,i,r,l])"
    ),
    # A conversation gets its address with its first answer, also under the path of a proxy: the same page goes on.
    'path:"/",element:f.jsx(xKn,{})': 'path:"/",element:f.jsx(JOe,{})',
    "i=a===t;E.useEffect(()=>{r(s=>(s==null?void 0:s.currentThreadId)===t": (
        "i=!t||a===t;E.useEffect(()=>{r(s=>(s==null?void 0:s.currentThreadId)===t"
    ),
    'i&&A.pathname==="/"&&t(`/thread/${i}`)': "i&&A.pathname===`${ROOT}/`&&t(`/thread/${i}`)",
    # The elements of a message stay while words are added to it; none of ours has attached elements to refer to.
    "components:{...m8e,code(l){": "components:E.useMemo(()=>({...m8e,code(l){",
    "Alert({variant:h,children:u})}},children:i": "Alert({variant:h,children:u})}}),[]),children:i",
}


@dataclass(frozen=True, slots=True)
class FrontSettings:
    """The folder in which the front end is written, and what every page tells its reader."""

    home: Path
    notice: Notice


def prepare_front(settings: FrontSettings) -> None:
    """Write the front end and point Chainlit to it. Raises `FrontUnusable`."""
    root = settings.home / "chat"
    shutil.rmtree(root / ".files", ignore_errors=True)  # of pages that were open when the process was killed
    try:
        _write_settings(root / ".chainlit")
        _write_front(root / "front", settings.notice)
        (root / f"chainlit_{LANGUAGE}.md").touch()
    except OSError as error:
        raise FrontUnusable(f"La page de discussion ne peut pas être écrite dans {root} : {error}.") from error
    os.environ.update(
        CHAINLIT_APP_ROOT=str(root),
        CHAINLIT_ENV_FILE=str(root / "none.env"),  # a stray .env in the current folder must set nothing
        TRACELOOP_TELEMETRY="false",  # a library that Chainlit imports would otherwise report its use
    )


def renew_pages(settings: FrontSettings) -> None:
    """Write the chat's pages anew, where what they tell their reader has changed. Raises `FrontUnusable`."""
    folder = settings.home / "chat" / "front"
    try:
        _write_pages(folder, settings.notice)
    except OSError as error:
        raise FrontUnusable(f"La page de discussion ne peut pas être écrite dans {folder} : {error}.") from error


def _write_settings(folder: Path) -> None:
    translations = folder / "translations"
    translations.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(HERE / "chainlit.toml", folder / "config.toml")
    words = json.loads((_wheel() / "translations" / f"{LANGUAGE}.json").read_text())
    ours = json.loads((HERE / "french.json").read_text())
    (translations / f"{LANGUAGE}.json").write_text(json.dumps(_merged(words, ours), ensure_ascii=False))


def _write_front(folder: Path, notice: Notice) -> None:
    dist = _wheel() / "frontend" / "dist"
    script, style = _only(dist, "index-*.js"), _only(dist, "index-*.css")
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "assets").mkdir(parents=True)
    (folder / "assets" / script.name).write_text(_mended(script.read_text()))
    shutil.copyfile(style, folder / "assets" / style.name)
    for picture in ("logo_light.svg", "logo_dark.svg"):
        shutil.copyfile(STATIC / "logo.svg", folder / "assets" / picture)
    shutil.copyfile(STATIC / "favicon.svg", folder / "favicon.svg")
    _write_pages(folder, notice)


def _write_pages(folder: Path, notice: Notice) -> None:
    dist, template = _wheel() / "frontend" / "dist", pages.get_template("chat.html")
    script, style = _only(dist, "index-*.js"), _only(dist, "index-*.css")
    notice = replace(notice, announced=nothing_announced)  # the page looks that up when it is opened
    for beside in chain.from_iterable(combinations(BESIDE, some) for some in range(len(BESIDE) + 1)):
        page = template.render(notice=notice, script=script.name, style=style.name, beside=beside)
        (folder / page_for(beside)).write_text(page)


def page_for(beside: Iterable[str]) -> str:
    """The file of the chat's page that leads to these parts beside it."""
    return "-".join(["index", *(address.strip("/") for address in beside)]) + ".html"


def _wheel() -> Path:
    spec = find_spec("chainlit")  # finds the folder without importing
    if spec is None or not spec.submodule_search_locations:
        raise FrontUnusable("Chainlit n’est pas installé. Relancez « make run ».")
    return Path(spec.submodule_search_locations[0])


def _only(dist: Path, pattern: str) -> Path:
    found = list((dist / "assets").glob(pattern))
    if len(found) != 1:
        raise FrontUnusable(f"Chainlit ne contient pas exactement un fichier {pattern} : sa version ne convient pas.")
    return found[0]


def _mended(script: str) -> str:
    for theirs, ours in (FRENCH | MENDED).items():
        if theirs not in script:
            raise FrontUnusable(f"Le script de Chainlit ne contient plus {theirs} : sa version ne convient pas.")
        script = script.replace(theirs, ours)
    return script


def _merged(words: Mapping[str, Any], ours: Mapping[str, Any]) -> dict[str, Any]:
    """`words` with the leaves of `ours` in place of its own."""
    merged = dict(words)
    for key, value in ours.items():
        merged[key] = _merged(merged[key], value) if isinstance(value, dict) else value
    return merged
