"""That our client's own account sees our client, and no other: what it takes to read people's client roles.

Keycloak shows the roles that a person has in a client to whoever may view that client. Its role `view-clients`
would show every client, with their secrets (before Keycloak 26.8); a permission on ours shows ours alone. Such
permissions lie in a client of Keycloak's own: a policy says whom, a permission says what of which client. Pure.

Source: https://www.keycloak.org/docs/latest/server_admin/#_fine_grained_permissions
"""

import json

from ui.realm.representation import Representation, differences

KEPT_IN = "admin-permissions"


def names(client_id: str) -> tuple[str, str]:
    """Of the policy and of the permission; a realm may have several assistants."""
    return f"{client_id}-compte-technique", f"{client_id}-voit-son-client"


def sees_itself(export: Representation, client_id: str) -> bool:
    """Whether that is so in the realm of this export; a permission that shows or allows more is not the one."""
    clients = {client["clientId"]: client for client in export.get("clients", ())}
    accounts = {user.get("serviceAccountClientId"): user["username"] for user in export.get("users", ())}
    if not (export.get("adminPermissionsEnabled") and client_id in clients and client_id in accounts):
        return False
    settings = clients.get(KEPT_IN, {}).get("authorizationSettings", {})
    held = {policy["name"]: policy for policy in settings.get("policies", ())}
    return not any(
        differences(held.get(wanted["name"], {}), wanted)
        for wanted in exported(client_id, clients[client_id]["id"], accounts[client_id])
    )


def exported(client_id: str, identifier: str, account: str) -> list[Representation]:
    """Policy and permission as an export has them: the client by Keycloak's key, the account by its name."""
    whom, what = names(client_id)
    return [
        {"name": whom, "type": "user", "logic": "POSITIVE", "config": {"users": _list(account)}},
        {
            "name": what,
            "type": "scope",
            "logic": "POSITIVE",
            "config": {
                "defaultResourceType": "Clients",
                "resources": _list(identifier),
                "scopes": _list("view"),
                "applyPolicies": _list(whom),
            },
        },
    ]


def _list(name: str) -> str:
    return json.dumps([name], ensure_ascii=False)
