import { Histogram } from "../../src/histogram.ts";
import { formatMetrics } from "../../src/status/prometheus.ts";
import { assert, assertEquals } from "../assert.ts";
import { FakeSubject, NO_STATS, someStats } from "./fake_subject.ts";
import { lintMetrics } from "./prometheus_lint.ts";

const ABOUT = { version: "1.2.3", startedAt: new Date(1_700_000_000_250) };

function metricsOf(change: Partial<FakeSubject> = {}): string {
  return formatMetrics(Object.assign(new FakeSubject(), change), ABOUT);
}

/** The lines of a family's values. */
function samples(text: string, name: string): string[] {
  const isOf = (line: string) => /^\w+/.exec(line)?.[0].startsWith(name);
  return text.split("\n").filter(isOf);
}

const NAMES = [
  "echod_build_info",
  "echod_bytes_received_total",
  "echod_bytes_sent_total",
  "echod_connections_active",
  "echod_connections_closed_total",
  "echod_connections_refused_total",
  "echod_connections_total",
  "echod_datagrams_dropped_total",
  "echod_datagrams_received_total",
  "echod_datagrams_sent_total",
  "echod_draining",
  "echod_echo_duration_seconds",
  "echod_http_requests_total",
  "echod_http_responses_total",
  "echod_start_time_seconds",
  "echod_tls_handshake_failures_total",
  "echod_websocket_messages_received_total",
  "echod_websocket_messages_sent_total",
  "echod_websockets_active",
];

Deno.test("metrics keep the rules, with nothing done and a bit of all", () => {
  for (const stats of [NO_STATS, someStats()]) {
    const text = metricsOf({ stats });
    assertEquals(lintMetrics(text), []);
    const names = [...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name);
    assertEquals(names.sort(), NAMES);
  }
});

Deno.test("metrics have the numbers of the server", () => {
  const text = metricsOf({ stats: someStats() });
  const expected: Record<string, string[]> = {
    echod_connections_active: [
      'echod_connections_active{protocol="tcp"} 1',
      'echod_connections_active{protocol="tls"} 1',
      'echod_connections_active{protocol="unix"} 0',
      'echod_connections_active{protocol="http"} 0',
      'echod_connections_active{protocol="https"} 0',
    ],
    echod_connections_closed_total: [
      'echod_connections_closed_total{reason="eof"} 7',
      'echod_connections_closed_total{reason="reset"} 1',
    ],
    echod_connections_refused_total: [
      'echod_connections_refused_total{reason="max-connections"} 3',
    ],
    echod_bytes_sent_total: [
      'echod_bytes_sent_total{protocol="tcp"} 90',
      'echod_bytes_sent_total{protocol="tls"} 110',
      'echod_bytes_sent_total{protocol="unix"} 0',
      'echod_bytes_sent_total{protocol="http"} 0',
      'echod_bytes_sent_total{protocol="https"} 0',
      'echod_bytes_sent_total{protocol="udp"} 30',
    ],
    echod_tls_handshake_failures_total: [
      "echod_tls_handshake_failures_total 4",
    ],
    echod_datagrams_received_total: ["echod_datagrams_received_total 5"],
    echod_datagrams_sent_total: ["echod_datagrams_sent_total 3"],
    echod_datagrams_dropped_total: [
      'echod_datagrams_dropped_total{reason="rate"} 1',
      'echod_datagrams_dropped_total{reason="low-port"} 1',
    ],
    echod_http_requests_total: ["echod_http_requests_total 9"],
    echod_http_responses_total: [
      'echod_http_responses_total{code="101"} 1',
      'echod_http_responses_total{code="200"} 8',
    ],
    echod_websockets_active: ["echod_websockets_active 1"],
    echod_websocket_messages_received_total: [
      "echod_websocket_messages_received_total 6",
    ],
    echod_websocket_messages_sent_total: [
      "echod_websocket_messages_sent_total 5",
    ],
    echod_build_info: [
      'echod_build_info{version="1.2.3",runtime="fake 1.0.0"} 1',
    ],
    echod_start_time_seconds: ["echod_start_time_seconds 1700000000.25"],
    echod_draining: ["echod_draining 0"],
  };
  for (const [name, lines] of Object.entries(expected)) {
    assertEquals(samples(text, name), lines, name);
  }
  const received = samples(text, "echod_bytes_received_total");
  assert(received.includes('echod_bytes_received_total{protocol="udp"} 50'));
  const accepted = samples(text, "echod_connections_total");
  assert(accepted.includes('echod_connections_total{protocol="tcp"} 6'));
});

Deno.test("the histogram is in seconds, and each bucket has those before", () => {
  const lines = samples(
    metricsOf({ stats: someStats() }),
    "echod_echo_duration_seconds",
  );
  const bucket = (le: string, count: number) =>
    `echod_echo_duration_seconds_bucket{le="${le}"} ${count}`;
  assertEquals(lines.slice(0, 3), [
    bucket("0.00001", 1),
    bucket("0.000025", 3),
    bucket("0.00005", 3),
  ]);
  assertEquals(lines.slice(-4), [
    bucket("10", 4),
    bucket("+Inf", 5),
    "echod_echo_duration_seconds_sum 20.003045",
    "echod_echo_duration_seconds_count 5",
  ]);
  const bounds = lines.map((line) => /le="(.*?)"/.exec(line)?.[1] ?? "");
  assert(bounds.every((bound) => bound.length < 9), bounds.join());
});

Deno.test("draining is told, and names cannot break out of a label", () => {
  const text = metricsOf({
    ...{ state: "draining", runtime: 'a"b\\c\nd' },
    stats: { ...NO_STATS, latency: new Histogram().stats },
  });
  assertEquals(lintMetrics(text), []);
  assertEquals(samples(text, "echod_draining"), ["echod_draining 1"]);
  assertEquals(samples(text, "echod_build_info"), [
    String.raw`echod_build_info{version="1.2.3",runtime="a\"b\\c\nd"} 1`,
  ]);
});
