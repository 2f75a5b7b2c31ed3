"""The export of a realm, made without Keycloak."""

from ui.realm import permission
from ui.realm import shape as desired
from ui.realm.representation import Representation
from ui.realm.shape import Shape

SHAPE = Shape(
    client_id="assistant",
    address="https://assistant.exemple.fr",
    redirect_uri="https://assistant.exemple.fr/connexion/retour",
    after_logout="https://assistant.exemple.fr/deconnecte",
    back_channel="https://assistant.exemple.fr/deconnexion/keycloak",
)


def exported() -> Representation:
    """The export of a realm in its shape."""
    account = "service-account-assistant"
    client = desired.client(SHAPE) | {
        "id": "c",
        "protocolMappers": desired.client_mappers(SHAPE),
        "defaultClientScopes": [],
        "optionalClientScopes": [desired.directory_scope("assistant")],
    }
    kept = {"clientId": permission.KEPT_IN, "authorizationSettings": {"policies": _permission(account)}}
    return desired.realm("sante") | {
        "accessTokenLifespan": 3600,
        "adminPermissionsEnabled": True,
        "defaultRole": {"name": "default-roles-sante"},
        "roles": {
            "realm": [{"name": "default-roles-sante", "composites": {"realm": ["offline_access"]}}],
            "client": {"assistant": [{"name": role} for role in desired.client_roles(SHAPE)]},
        },
        "clients": [{"clientId": "autre"}, client, kept],
        "clientScopes": desired.scopes(SHAPE),
        "users": [
            {
                "username": account,
                "serviceAccountClientId": "assistant",
                "clientRoles": {"realm-management": ["view-users", "query-clients"]},
            }
        ],
        "clientProfiles": {"profiles": [desired.profile(SHAPE)]},
        "clientPolicies": {"policies": [desired.policy(SHAPE)]},
    }


def _permission(account: str) -> list[Representation]:
    return permission.exported("assistant", "c", account)
