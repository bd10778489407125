"""Traces of requests by OpenTelemetry, where its usual variables ask for them.

The spans are our own: those of the library's instrumentation hold raw paths, and so ids of leads,
and callers' addresses.
"""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.http.server.observation import method_of, route_of

if TYPE_CHECKING:
    from fastapi import FastAPI
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Tracer

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")

_log = logging.getLogger(__name__)


@contextmanager
def tracing(app: "FastAPI") -> Iterator[None]:
    """Trace an application's requests, if variables ask for it; what is left is sent at the end."""
    provider = _provider() if _asked_for() else None
    if provider is None:
        yield
        return
    app.add_middleware(Traced, tracer=provider.get_tracer("leadscore"))
    try:
        yield
    finally:
        provider.shutdown()


def _asked_for() -> bool:
    if not any(os.environ.get(variable) for variable in _ENDPOINTS):
        return False
    if os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return False
    if os.environ.get("OTEL_TRACES_EXPORTER", "otlp").strip() != "otlp":
        return False
    protocol = next((os.environ[v] for v in _PROTOCOLS if os.environ.get(v)), "http/protobuf")
    if protocol != "http/protobuf":
        _log.warning("no traces: only the protocol http/protobuf is spoken, not %s", protocol)
        return False
    return True


def _provider() -> "TracerProvider | None":
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
            OTLPSpanExporter,
        )
        from opentelemetry.sdk.resources import SERVICE_NAME, Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ModuleNotFoundError:
        _log.warning(
            "no traces, though OTEL_EXPORTER_OTLP_ENDPOINT asks for them; install leadscore[otel]"
        )
        return None
    told = Resource.create()
    if str(told.attributes[SERVICE_NAME]).startswith("unknown_service"):
        told = told.merge(Resource({SERVICE_NAME: "leadscore"}))
    provider = TracerProvider(resource=told, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider


class Traced:
    """Makes a span of every request, below that of its caller."""

    def __init__(self, app: ASGIApp, *, tracer: "Tracer") -> None:
        """Trace an application."""
        from opentelemetry.propagate import extract  # noqa: PLC0415
        from opentelemetry.trace import SpanKind, StatusCode  # noqa: PLC0415

        self._app = app
        self._tracer = tracer
        self._extract = extract
        self._server, self._error = SpanKind.SERVER, StatusCode.ERROR

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        caller = self._extract(dict(Headers(scope=scope)))
        method = method_of(scope)
        with self._tracer.start_as_current_span(method, caller, self._server) as span:

            async def answer(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.set_attribute("http.response.status_code", message["status"])
                    if message["status"] >= 500:
                        span.set_status(self._error)
                await send(message)

            await self._app(scope, receive, answer)
            # Which route it is shows on the way.
            route = route_of(scope)
            span.update_name(f"{method} {route}")
            span.set_attribute("http.request.method", method)
            span.set_attribute("http.route", route)
