"""The rules of alerts that the settings name, at work."""

import datetime as dt
from dataclasses import replace

from policies import Ledger, Watch
from policies.audit.shipping import Shipping
from policies.audit.verification import Verification
from policies.review.alert_rules import ALERTS, read_alert_rules
from policies.review.alerting import Alerting
from policies.review.ledger_trouble import LedgerTrouble
from policies.review.projection import Projection
from ui.database import Pool
from ui.identity import service_principal
from ui.settings import Settings


def alerting_of(
    settings: Settings,
    pool: Pool,
    ledger: Ledger,
    projection: Projection,
    watch: Watch,
    shipping: Shipping,
    verification: Verification,
) -> Alerting:
    """What raises alerts in this process. Raises `AlertRulesInvalid`."""
    rules = read_alert_rules(settings.alerts or ALERTS)
    alerting = Alerting(pool, ledger, projection, rules, service_principal())
    if rules.checkpoints is None:
        return alerting
    late = dt.timedelta(minutes=rules.checkpoints.late_minutes)
    return replace(alerting, trouble=LedgerTrouble(pool, watch, shipping, verification, service_principal(), late))
