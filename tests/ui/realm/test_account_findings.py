"""What is wrong with what the client's own account may do, from the export of the realm."""

import pytest

from ui.realm.findings import findings
from ui.realm.representation import Representation

PERMISSION = "La permission par laquelle le compte technique voit ce client"


def test_an_account_that_may_do_more_or_less_than_read_is_found(export: Representation) -> None:
    export["users"][0]["clientRoles"]["realm-management"] = ["view-users", "view-clients"]
    assert findings(export, "assistant") == [
        "Le compte technique du client n’a pas le droit « query-clients ».",
        "Le compte technique du client a le droit « view-clients », de trop.",
    ]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("resources", '["Clients"]'),
        ("resources", '["c","autre"]'),
        ("scopes", '["view","manage"]'),
        ("applyPolicies", "[]"),
    ],
)
def test_a_permission_that_shows_or_allows_more_is_found(export: Representation, key: str, value: str) -> None:
    export["clients"][2]["authorizationSettings"]["policies"][1]["config"][key] = value
    (found,) = findings(export, "assistant")
    assert found.startswith(PERMISSION)


def test_a_permission_for_another_or_for_everybody_else_is_found(export: Representation) -> None:
    whom = export["clients"][2]["authorizationSettings"]["policies"][0]
    for changed in ({"config": {"users": '["anne"]'}}, {"logic": "NEGATIVE"}):
        export["clients"][2]["authorizationSettings"]["policies"][0] = whom | changed
        (found,) = findings(export, "assistant")
        assert found.startswith(PERMISSION)


def test_a_permission_that_is_missing_or_closed_is_found(export: Representation) -> None:
    (closed,) = findings(export | {"adminPermissionsEnabled": False}, "assistant")
    assert closed.startswith(PERMISSION)
    export["clients"][2]["authorizationSettings"]["policies"].clear()
    assert findings(export, "assistant") == [closed]
