"""Two versions of a text side by side, as an address names them."""

from fastapi import Request

from ui.console.form import Form


def compared(request: Request, last: int) -> tuple[int, int]:
    """The numbers of the versions in the query (`de`, `a`), or the last two; 0 is before the first."""
    form = Form(tuple(request.query_params.multi_items()))
    after = form.whole("a", least=0, most=last)
    before = form.whole("de", least=0, most=last)
    after = last if after is None else after
    return (max(0, after - 1) if before is None else before), after
