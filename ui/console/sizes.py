"""How many bytes something has, in words."""


def size_said(count: int | None) -> str:
    """« 1,4 Gio », « 243 Mio »."""
    if count is None:
        return "inconnue"
    if count < 2**30:
        return f"{count / 2**20:.0f}\u202fMio"
    return f"{count / 2**30:.1f}\u202fGio".replace(".", ",")
