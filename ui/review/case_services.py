"""What the pages of cases stand on."""

from dataclasses import dataclass

from policies.principal import Principal
from policies.review.auditors import Auditors
from policies.review.cases import Cases
from policies.review.contents import Contents
from policies.review.holds import Holds
from policies.review.projection import Projection
from policies.review.requests import Requests
from ui.review.cases_shown import Reader


@dataclass(frozen=True, slots=True)
class Unsealing:
    """For how many hours a grant holds, and whether reading texts takes one."""

    hours: int
    approval: bool


@dataclass(frozen=True, slots=True)
class CaseServices:
    """What the pages of cases stand on."""

    cases: Cases
    requests: Requests
    holds: Holds
    contents: Contents
    projection: Projection

    async def awaited(self, principal: Principal) -> int:
        """How many requests wait for this auditor's decision."""
        return len(await self.requests.awaiting(principal))

    def reader(self, principal: Principal) -> Reader:
        """Who reads a page, now."""
        auditors = self.cases.auditors
        return Reader(auditors.pseudonyms.of(principal.subject), auditors.now())


def case_services(auditors: Auditors, unsealing: Unsealing, projection: Projection) -> CaseServices:
    """The services of cases."""
    requests = Requests(auditors, unsealing.hours)
    contents = Contents(auditors, requests, unsealing.approval)
    return CaseServices(Cases(auditors), requests, Holds(auditors), contents, projection)
