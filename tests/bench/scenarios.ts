/**
 * What the load client does to each server.
 *
 * @module
 */

/** What a server speaks. */
export type Protocol = "tcp" | "udp" | "websocket";

/** A load. */
export interface Scenario {
  /** What the table calls it. */
  readonly name: string;
  /** What it speaks. */
  readonly protocol: Protocol;
  /** The load client's mode and flags. */
  readonly load: readonly string[];
  /** Bytes of a message. */
  readonly size: number;
  /** How often it is measured a round. */
  readonly turns: number;
}

// Many short turns hold better than a long one while the weather changes.
const TURNS = 3;
// The main scenario is what echod is compared by most.
const MAIN_TURNS = 12;

const SIZES = [1, 64, 1024, 16384];
const CROWDS = [1, 50, 500];

const PING_PONG: readonly Scenario[] = SIZES.flatMap((size) =>
  CROWDS.map((connections) => ({
    name: `${sizeText(size)} x ${connections}`,
    ...echo("tcp", size, connections),
    turns: size === 64 && connections === 50 ? MAIN_TURNS : TURNS,
  }))
);

// Four messages are on their way at a time, so that nobody waits for the other.
const BULK: readonly Scenario[] = [64 * 1024, 1024 * 1024].flatMap((size) =>
  [1, 4].map((connections) => ({
    name: `bulk ${sizeText(size)} x ${connections}`,
    ...echo("tcp", size, connections, 4),
  }))
);

/** The name of the scenario that servers are compared by most. */
export const MAIN = "64 B x 50";
/** The same over TCP with many messages on their way. */
export const PIPELINED = "64 B x 50, 16 at once";
/** The name of the scenario of bulk data. */
export const BULK_MAIN = "bulk 64 KiB x 4";
/** The name of the scenario in which connections come and go. */
export const CONNECT = "connect, echo, close";

/** All loads. */
export const SCENARIOS: readonly Scenario[] = [
  ...PING_PONG,
  { name: PIPELINED, ...echo("tcp", 64, 50, 16) },
  ...BULK,
  {
    name: CONNECT,
    protocol: "tcp",
    size: 64,
    turns: TURNS,
    load: ["connect", "--connections", "50"],
  },
  { name: "UDP 64 B x 50", ...echo("udp", 64, 50) },
  { name: "WebSocket 64 B x 50", ...echo("websocket", 64, 50) },
];

function echo(
  protocol: Protocol,
  size: number,
  connections: number,
  pipeline = 1,
): Omit<Scenario, "name"> {
  const flags = { connections, size, pipeline };
  const load = Object.entries(flags).flatMap((
    [name, value],
  ) => [`--${name}`, `${value}`]);
  return {
    protocol,
    size,
    turns: TURNS,
    load: ["echo", ...load, ...protocol === "tcp" ? [] : [`--${protocol}`]],
  };
}

function sizeText(size: number): string {
  if (size >= 1024 * 1024) return `${size / 1024 / 1024} MiB`;
  return size >= 1024 ? `${size / 1024} KiB` : `${size} B`;
}
