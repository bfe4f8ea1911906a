"""What a site tells Prometheus: how fast it answers and judges, how much waits, and for how long.

Counters and histograms are this node's own; the depths are the site's, asked of the database at each scrape. No label
holds anything from a message but its standard, which comes from a closed table.
"""

from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from samspil.access.certificates import Keyrings
from samspil.access.trust.expiry import Warn
from samspil.access.trust.keyring import Keyring
from samspil.domain.issues import Failure
from samspil.exchange.tracking import Tracking
from samspil.runtime.certificates import unfollowed

MEDIA_TYPE = CONTENT_TYPE_LATEST

ACCEPT_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
JUDGE_SECONDS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 1)


class Metrics:
    """One node's measurements, with a registry of their own: two sites may run in one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self.requests = Counter(
            "samspil_http_requests_total",
            "Requests answered.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "samspil_http_seconds",
            "From a request's head to the end of its answer; for POST /exchange/messages this is the accept time.",
            ("method", "route"),
            buckets=ACCEPT_SECONDS,
            registry=self.registry,
        )
        self.judged = Histogram(
            "samspil_judge_seconds",
            "Identify, parse and validate one payload.",
            ("format",),
            buckets=JUDGE_SECONDS,
            registry=self.registry,
        )
        self._depths = {
            name: Gauge(f"samspil_{name}", text, registry=self.registry)
            for name, text in {
                "queue_parcels": "Deliveries that wait, of the whole site.",
                "queue_retried_parcels": "Of those, how many have failed before.",
                "queue_oldest_seconds": "Age of the oldest delivery that waits.",
                "lanes": "Receivers that something waits for, by sender.",
                "dead_letters": "Deliveries set aside for a person.",
                "acknowledgements_awaited": "Messages whose acknowledgement has not come yet.",
                "acknowledgements_unconfirmed": "Messages whose acknowledgement did not come after all resends.",
                "circuits_open": "Endpoints that are left in peace for a while.",
            }.items()
        }
        self.certificates = Gauge(
            "samspil_certificates_ending",
            "Certificates that end within so many days (0: have ended) and that nothing follows.",
            ("within_days",),
            registry=self.registry,
        )
        self.database_up = Gauge(
            "samspil_database_up", "1 if the database answered this scrape.", registry=self.registry
        )

    def answered(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request by its route's template."""
        self.requests.labels(method, route, status).inc()
        self.seconds.labels(method, route).observe(seconds)

    def judged_one(self, format: str, seconds: float) -> None:
        """Count one judgement."""
        self.judged.labels(format).observe(seconds)

    async def expose(self, tracking: Tracking, keyrings: Keyrings) -> bytes:
        """Everything in Prometheus' text form. A database that is away makes the depths stand still, and says so."""
        try:
            await self._ask(tracking)
            self.count_endings(await keyrings.current())
        except Failure:
            self.database_up.set(0)
        else:
            self.database_up.set(1)
        return generate_latest(self.registry)

    def count_endings(self, keyring: Keyring) -> None:
        """Set how many certificates end, by how soon."""
        endings = unfollowed(keyring, at=datetime.now(UTC))
        for limit in Warn:
            self.certificates.labels(int(limit)).set(sum(each.warn <= limit for each in endings))

    async def _ask(self, tracking: Tracking) -> None:
        depths = await tracking.depths()
        lanes = await tracking.lanes(glns=None)
        circuits = await tracking.circuits()
        values = {
            "queue_parcels": depths.parcels,
            "queue_retried_parcels": depths.retried,
            "queue_oldest_seconds": depths.oldest_seconds,
            "lanes": len(lanes),
            "dead_letters": depths.dead,
            "acknowledgements_awaited": depths.awaited,
            "acknowledgements_unconfirmed": depths.unconfirmed,
            "circuits_open": sum(row.open_until is not None for row in circuits),
        }
        for name, value in values.items():
            self._depths[name].set(value)
