/**
 * What the files of this repository may import.
 *
 * @module
 */

/** Files that may import the same. */
export interface Layer {
  /** The files of the layer. */
  readonly files: RegExp;
  /** What they may import, besides the built-ins of `node:`. */
  readonly imports: RegExp | "nothing";
}

/** The first layer that a file fits is its own; imports point downwards. */
export const LAYERS: readonly Layer[] = [
  {
    files: /^(main|mod)\.ts$/,
    imports: /^src\/(?!adapters\/)/,
  },
  {
    files: /^src\/serve_echo\.ts$/,
    imports: /^src\/(?!adapters\/|cli\/)/,
  },
  {
    files: /^src\/cli\//,
    imports: /^(deno\.json$|src\/(?!adapters\/|serve_echo\.ts$))/,
  },
  {
    files: /^src\/std\.ts$/,
    imports: /^(@std\/|src\/runtime\.ts$)/,
  },
  {
    files: /^src\/runtime\.ts$/,
    imports: /^src\/(net\.ts$|adapters\/[a-z]+\/runtime\.ts$)/,
  },
  {
    files: /^src\/server\.ts$/,
    imports:
      /^src\/((accept_loop|listen|reception|server_options|records|metrics|connection|timer|wait|limits|listen_url|net)\.ts$|faults\/|udp\/(echo|open)\.ts$)/,
  },
  {
    files: /^src\/reception\.ts$/,
    imports:
      /^src\/((watchdog|arrival|guest|records|history|metrics|connection|recording|limits|errors|net)\.ts$|protocols\/|faults\/plan\.ts$)/,
  },
  {
    files: /^src\/server_options\.ts$/,
    imports:
      /^src\/((arrival|records|limits|net)\.ts$|tls\/setup\.ts$|udp\/open\.ts$|faults\/(decisions|types)\.ts$)/,
  },
  {
    files: /^src\/(accept_loop|listen|watchdog|records|history|metrics)\.ts$/,
    imports:
      /^src\/((connection|wait|limits|errors|listen_url|socket_file|net)\.ts$|udp\/(drops|open)\.ts$)/,
  },
  {
    files: /^src\/arrival\.ts$/,
    imports: /^src\/(proxy_protocol|subnet|timer|errors|net)\.ts$/,
  },
  {
    files: /^src\/guest\.ts$/,
    imports: /^src\/((listen_url|net)\.ts$|faults\/plan\.ts$)/,
  },
  {
    files: /^src\/udp\/echo\.ts$/,
    imports:
      /^src\/(udp\/|faults\/(plan|stage)\.ts$|(records|listen_url|errors|net)\.ts$)/,
  },
  {
    files: /^src\/udp\//,
    imports: /^src\/(udp\/|(listen_url|subnet|timer|errors|net)\.ts$)/,
  },
  {
    files: /^src\/tls\//,
    imports: /^src\/(tls\/|(errors|net)\.ts$)/,
  },
  {
    files: /^src\/protocols\//,
    imports:
      /^src\/(protocols\/|faults\/(gate|plan|stage)\.ts$|(connection|errors|timer|net)\.ts$)/,
  },
  {
    files: /^src\/connection\.ts$/,
    imports: /^src\/(guest|listen_url|recording|wait|net)\.ts$/,
  },
  {
    files: /^src\/faults\//,
    imports: /^src\/(faults\/|(units|suggest|subnet|errors)\.ts$)/,
  },
  {
    files:
      /^src\/(listen_url|units|limits|wait|socket_file|subnet|proxy_protocol)\.ts$/,
    imports: /^src\/(errors|timer|subnet|net)\.ts$/,
  },
  {
    files: /^src\/(errors|recording|suggest|timer)\.ts$/,
    imports: "nothing",
  },
  {
    files: /^src\/adapters\/deno\//,
    imports:
      /^src\/(net\.ts$|adapters\/((deno|node)\/|(receive_queue|room|socket_path)\.ts$))/,
  },
  {
    files: /^src\/adapters\/bun\//,
    imports:
      /^src\/(net\.ts$|adapters\/((bun|node)\/|(accept_queue|closed_error|receive_queue|reset_error|room|socket_path)\.ts$))/,
  },
  {
    files: /^src\/adapters\/node\//,
    imports:
      /^src\/(net\.ts$|adapters\/(node\/|(accept_queue|closed_error|receive_queue|reset_error)\.ts$))/,
  },
  {
    files:
      /^src\/adapters\/(accept_queue|closed_error|receive_queue|reset_error|room|socket_path)\.ts$/,
    imports: /^src\/net\.ts$/,
  },
  { files: /^src\/net\.ts$/, imports: "nothing" },
];
