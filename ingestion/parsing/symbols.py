"""The marks of lists and forms that office programs write by their places in Symbol and Wingdings."""

SYMBOLS = str.maketrans(
    {
        "\uf06f": "☐",
        "\uf0a7": "▪",
        "\uf0a8": "☐",
        "\uf0b7": "•",
        "\uf0d8": "➢",
        "\uf0e0": "→",
        "\uf0fc": "✓",
        "\uf0fe": "☒",
    }
)
