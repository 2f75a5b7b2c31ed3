"""The images that the composition and the builds name, for whoever brings them to a site: named, not carried. Pure."""

import re
from pathlib import Path

_IMAGE = re.compile(r"""^\s*image:\s*["']?([^\s"'#]+)""", re.MULTILINE)
_ARGUMENT = re.compile(r"^ARG (\w+)=(\S*)$", re.MULTILINE)
_FROM = re.compile(r"^FROM (\S+)(?: AS (\S+))?$", re.MULTILINE)
_VARIABLE = re.compile(r"\$\{(\w+)(?::?-([^}]*))?\}")

_HOW = """\
# Les images que nomment deploy/compose.yaml et deploy/Containerfile. Elles ne sont pas dans le paquet.
# Sur une machine reliée à un registre, pour chacune :
#   docker pull IMAGE && docker save --output images/NOM.tar IMAGE
#   ou, sans Docker : skopeo copy docker://IMAGE docker-archive:images/NOM.tar:IMAGE
# Sur le site :
#   docker load --input images/NOM.tar
#   ou, vers le registre du site : skopeo copy docker-archive:images/NOM.tar docker://REGISTRE/IMAGE
# L’empreinte d’une image, pour l’épingler : skopeo inspect --format '{{.Digest}}' docker://IMAGE
"""


def images(deploy: Path) -> list[str]:
    """Their references, in order; those that the builds make themselves are among those of the composition."""
    named = set()
    if (compose := deploy / "compose.yaml").is_file():
        named |= {_resolved(name, {}) for name in _IMAGE.findall(compose.read_text(encoding="utf-8"))}
    if (build := deploy / "Containerfile").is_file():
        text = build.read_text(encoding="utf-8")
        arguments, found = dict(_ARGUMENT.findall(text)), _FROM.findall(text)
        stages = {stage for _, stage in found} | {"scratch"}
        named |= {_resolved(name, arguments) for name, _ in found if name not in stages}
    return sorted(named - {""})


def listed(references: list[str]) -> str:
    """The list as a file, with how images are carried."""
    return _HOW + "".join(f"{reference}\n" for reference in references)


def _resolved(reference: str, arguments: dict[str, str]) -> str:
    return _VARIABLE.sub(lambda found: arguments.get(found[1], found[2] or ""), reference)
