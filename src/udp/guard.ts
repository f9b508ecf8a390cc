/**
 * Whom a UDP echo may answer. An echo that answers everybody can be made to
 * talk to another echo for ever, or to shout at a third party, by one datagram
 * with a forged source (CVE-2024-2169).
 *
 * @module
 */

import type { NetAddr } from "../net.ts";
import { canonicalIp, plainIp } from "../ip.ts";

/**
 * Why a source gets no answer: its port is below 1024, where services live, or
 * one of this server's, or its address is a broadcast, multicast or reserved
 * one.
 *
 * @example How many sources were refused
 * ```ts
 * import { serveEcho, type SourceRefusal } from "@echod/echod";
 *
 * await using server = await serveEcho({ listen: "udp://127.0.0.1:0" });
 * const reason: SourceRefusal = "low-port";
 * console.log(server.stats.datagrams.dropped[reason] ?? 0); // 0
 * ```
 */
export type SourceRefusal = "low-port" | "own-port" | "bad-address";

// Ports below this belong to services (RFC 6335, section 6), some of which
// answer whatever they are sent, such as echo itself and chargen.
const FIRST_CLIENT_PORT = 1024;
// Deno lets sockets of loopback send to it. Of other networks only the system
// knows which address it is, and refuses to send there.
const LOOPBACK_BROADCAST = "127.255.255.255";

/**
 * Tells whether the source of a datagram may be answered.
 *
 * @param source where it says that it comes from.
 * @param ownPorts the UDP ports of this server.
 * @returns why not, or `undefined` if it may.
 */
export function refuseSource(
  { hostname, port }: NetAddr,
  ownPorts: ReadonlySet<number>,
): SourceRefusal | undefined {
  if (port < FIRST_CLIENT_PORT) return "low-port";
  if (ownPorts.has(port)) return "own-port";
  return isUnicast(hostname) ? undefined : "bad-address";
}

// Not of 0/8, multicast, reserved or broadcast (RFC 6890); for IPv6, neither
// unspecified nor multicast (RFC 4291, section 2.4).
function isUnicast(address: string): boolean {
  // Most are plain already, and each datagram comes by here.
  const ip = address.includes(":") ? plainIp(address) : address;
  if (ip.includes(":")) return ip !== "::" && !/^ff/i.test(ip);
  const first = parseInt(ip);
  return first > 0 && first < 224 && ip !== LOOPBACK_BROADCAST;
}

/** Whether only this machine can reach an IP address. */
export function isLoopback(ip: string): boolean {
  return canonicalIp(ip) === "::1" || /^127(\.\d+){3}$/.test(plainIp(ip));
}
