/**
 * What a server has done, as metrics for Prometheus.
 *
 * @module
 */

import type { LatencyStats } from "../histogram.ts";
import type { ProtocolStats, ServerStats } from "../metrics.ts";
import {
  type Family,
  formatFamilies,
  formatNumber,
  type Sample,
} from "./exposition.ts";
import type { Subject } from "./subject.ts";

/** What metrics tell besides the subject. */
export interface About {
  /** The version of echod. */
  readonly version: string;
  /** When the server started. */
  readonly startedAt: Date;
}

/** The metrics of now, in the text format of Prometheus. */
export function formatMetrics(subject: Subject, about: About): string {
  const { stats } = subject;
  return formatFamilies([
    ...connectionFamilies(stats),
    ...byteFamilies(stats),
    ...datagramFamilies(stats),
    ...httpFamilies(stats),
    {
      name: "echod_echo_duration_seconds",
      type: "histogram",
      help: "Time from the read of some bytes to the end of their write, " +
        "of a sample: on streams, the first and one in 64.",
      samples: histogram(stats.latency),
    },
    ...serverFamilies(subject, about),
  ]);
}

function connectionFamilies(stats: ServerStats): Family[] {
  return [
    gauge(
      "echod_connections_active",
      "Connections that are open.",
      byProtocol(stats, "open"),
    ),
    counter(
      "echod_connections_total",
      "Connections that were let in.",
      byProtocol(stats, "accepted"),
    ),
    counter(
      "echod_connections_closed_total",
      "Connections that have ended, by reason.",
      labelled("reason", stats.closed),
    ),
    counter(
      "echod_connections_refused_total",
      "Connections that were turned away, by reason.",
      labelled("reason", stats.refused),
    ),
    counter(
      "echod_tls_handshake_failures_total",
      "TLS handshakes that failed.",
      stats.failedHandshakes,
    ),
  ];
}

function byteFamilies(stats: ServerStats): Family[] {
  const { bytesIn, bytesOut } = stats.datagrams;
  const udp = (value: number) => ({ labels: { protocol: "udp" }, value });
  return [
    counter(
      "echod_bytes_received_total",
      "Bytes received to be echoed.",
      [...byProtocol(stats, "bytesIn"), udp(bytesIn)],
    ),
    counter(
      "echod_bytes_sent_total",
      "Bytes echoed.",
      [...byProtocol(stats, "bytesOut"), udp(bytesOut)],
    ),
  ];
}

function datagramFamilies({ datagrams }: ServerStats): Family[] {
  return [
    counter(
      "echod_datagrams_received_total",
      "Datagrams received.",
      datagrams.received,
    ),
    counter(
      "echod_datagrams_sent_total",
      "Datagrams sent as answers.",
      datagrams.sent,
    ),
    counter(
      "echod_datagrams_dropped_total",
      "Datagrams and answers that were dropped, by reason.",
      labelled("reason", datagrams.dropped),
    ),
  ];
}

function httpFamilies({ http }: ServerStats): Family[] {
  return [
    counter(
      "echod_http_requests_total",
      "HTTP requests, answered or not.",
      http.requests,
    ),
    counter(
      "echod_http_responses_total",
      "HTTP requests that were answered, by status code.",
      labelled("code", http.answers),
    ),
    gauge(
      "echod_websockets_active",
      "WebSockets that are open.",
      http.webSockets,
    ),
    counter(
      "echod_websocket_messages_received_total",
      "Messages received over WebSockets.",
      http.messagesIn,
    ),
    counter(
      "echod_websocket_messages_sent_total",
      "Messages sent over WebSockets.",
      http.messagesOut,
    ),
  ];
}

function serverFamilies(
  { state, runtime }: Subject,
  { version, startedAt }: About,
): Family[] {
  return [
    gauge(
      "echod_build_info",
      "The version of echod and the runtime that it runs on; always 1.",
      [{ labels: { version, runtime }, value: 1 }],
    ),
    gauge(
      "echod_start_time_seconds",
      "When the server started, in seconds since 1970.",
      startedAt.getTime() / 1000,
    ),
    gauge(
      "echod_draining",
      "Whether the server ends its connections and takes no more.",
      state === "draining" ? 1 : 0,
    ),
  ];
}

function counter(
  name: string,
  help: string,
  value: number | readonly Sample[],
): Family {
  return { name, type: "counter", help, samples: samplesOf(value) };
}

function gauge(
  name: string,
  help: string,
  value: number | readonly Sample[],
): Family {
  return { name, type: "gauge", help, samples: samplesOf(value) };
}

function samplesOf(value: number | readonly Sample[]): readonly Sample[] {
  return typeof value === "number" ? [{ value }] : value;
}

function byProtocol(
  { protocols }: ServerStats,
  key: keyof ProtocolStats,
): Sample[] {
  return Object.entries(protocols).map(([protocol, stats]) => ({
    labels: { protocol },
    value: stats[key],
  }));
}

function labelled(
  name: string,
  counts: Readonly<Record<string, number>>,
): Sample[] {
  return Object.entries(counts).map(([label, value]) => ({
    labels: { [name]: label },
    value,
  }));
}

// Buckets of Prometheus have in them all that smaller ones have.
function histogram({ buckets, count, sumMs }: LatencyStats): Sample[] {
  let upToHere = 0;
  return [
    ...[...buckets, { leMs: Infinity, count: 0 }].map(({ leMs, ...bucket }) => {
      upToHere += bucket.count;
      return {
        suffix: "_bucket",
        labels: { le: formatNumber(seconds(leMs)) },
        value: leMs === Infinity ? count : upToHere,
      };
    }),
    { suffix: "_sum", value: seconds(sumMs) },
    { suffix: "_count", value: count },
  ];
}

/** Milliseconds as seconds, without the noise of binary fractions. */
export function seconds(ms: number): number {
  return Number((ms / 1000).toPrecision(12));
}
