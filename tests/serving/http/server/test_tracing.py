"""Traces, told to a real receiver of OpenTelemetry's protocol."""

import logging
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans

from serving.http.app import create_app
from serving.http.server.tracing import tracing
from serving.http.state import ServiceState
from tests.serving.server import serving

CALLER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


class Collector:
    """Receives spans over HTTP."""

    def __init__(self) -> None:
        received: queue.Queue[ResourceSpans] = queue.Queue()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                for told in ExportTraceServiceRequest.FromString(body).resource_spans:
                    received.put(told)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.received = received
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def collector() -> Iterator[Collector]:
    collector = Collector()
    thread = threading.Thread(target=collector.server.serve_forever)
    thread.start()
    yield collector
    collector.server.shutdown()
    thread.join()
    collector.server.server_close()


@pytest.fixture(autouse=True)
def nothing_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("TRACES_ENDPOINT", "ENDPOINT", "TRACES_PROTOCOL", "PROTOCOL"):
        monkeypatch.delenv(f"OTEL_EXPORTER_OTLP_{variable}", raising=False)


def test_a_span_names_route_and_status_and_hangs_on_its_caller(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
    app = create_app(ServiceState())
    with tracing(app), serving(app) as client:
        headers = {"traceparent": CALLER, "User-Agent": "erika"}
        client.get("/v1/leads/erika@example.org/score", headers=headers)
        client.get("/erika?erika=erika")
    told = []
    while not collector.received.empty():
        told.append(collector.received.get())
    resource = {a.key: a.value.string_value for a in told[0].resource.attributes}
    assert resource["service.name"] == "leadscore"
    spans = [span for one in told for scope in one.scope_spans for span in scope.spans]
    first, second = sorted(spans, key=lambda span: span.start_time_unix_nano)
    assert (first.trace_id.hex(), first.parent_span_id.hex()) == tuple(CALLER.split("-")[1:3])
    assert (first.name, second.name) == ("GET /v1/leads/{lead_id}/score", "GET none")
    attributes = {a.key: a.value.int_value or a.value.string_value for a in first.attributes}
    assert attributes == {
        "http.request.method": "GET",
        "http.route": "/v1/leads/{lead_id}/score",
        "http.response.status_code": 503,
    }
    assert (first.status.code, second.status.code) == (2, 0)
    assert "erika" not in str(told)
    assert "127.0.0.1" not in str(told)


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({}, ""),
        ({"OTEL_SDK_DISABLED": "true"}, ""),
        ({"OTEL_TRACES_EXPORTER": "none"}, ""),
        ({"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "only the protocol http/protobuf"),
    ],
)
def test_no_traces_unless_asked_for(
    variables: dict[str, str],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    if variables:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)
    app = create_app(ServiceState())
    before = len(app.user_middleware)
    with caplog.at_level(logging.WARNING), tracing(app):
        assert len(app.user_middleware) == before
    assert (said in caplog.text) if said else caplog.text == ""


def test_without_the_extra_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://127.0.0.1:1/v1/traces")
    # As where it is not installed.
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http", None)
    monkeypatch.delitem(
        sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", raising=False
    )
    app = create_app(ServiceState())
    with tracing(app):
        pass
    assert "install leadscore[otel]" in caplog.text


def test_nothing_of_it_is_imported_unless_asked_for() -> None:
    script = (
        "import sys; from serving.http.app import create_app;"
        "from serving.http.state import ServiceState;"
        "from serving.http.server.tracing import tracing\n"
        "with tracing(create_app(ServiceState())): pass\n"
        "sys.exit(any(name.startswith('opentelemetry.exporter') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
