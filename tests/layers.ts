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
    imports: /^(@std\/|src\/(progress_bar|runtime)\.ts$)/,
  },
  {
    files: /^src\/client\//,
    imports:
      /^src\/(client\/|(errors|host|ip|listen_url|net|one_line|timer)\.ts$)/,
  },
  {
    files: /^src\/runtime\.ts$/,
    imports: /^src\/(host\.ts$|adapters\/[a-z]+\/runtime\.ts$)/,
  },
  {
    files: /^src\/status\//,
    imports:
      /^src\/(status\/|faults\/(grammar|types)\.ts$|udp\/(drops|guard)\.ts$|(echo_connection|errors|histogram|host|ip|listen_url|metrics|net|one_line|records|web)\.ts$)/,
  },
  {
    files: /^src\/server\.ts$/,
    imports:
      /^src\/((accept_loop|parts|reception|server_options|tell|metrics|echo_connection|timer|wait|limits|listen_url|host|net)\.ts$|faults\/|http\/requests\.ts$|udp\/echo\.ts$)/,
  },
  {
    files: /^src\/parts\.ts$/,
    imports:
      /^src\/((server_options|tell|records|metrics|listen|host)\.ts$|faults\/|http\/plane\.ts$)/,
  },
  {
    files: /^src\/guarded_web\.ts$/,
    imports:
      /^src\/((accept_loop|reception|limits|metrics|host|net|web)\.ts$|http\/local_web\.ts$|faults\/(decisions|plan)\.ts$)/,
  },
  {
    files: /^src\/reception\.ts$/,
    imports:
      /^src\/((watchdog|arrival|guest|history|metrics|connection|echo_connection|reception_options|reception_records|recording|limits|errors|net)\.ts$|protocols\/|faults\/plan\.ts$)/,
  },
  {
    files: /^src\/reception_records\.ts$/,
    imports: /^src\/(connection|errors|guest|records)\.ts$/,
  },
  {
    files: /^src\/reception_options\.ts$/,
    imports:
      /^src\/((arrival|limits|metrics|records|shared|net)\.ts$|http\/local_web\.ts$|faults\/plan\.ts$)/,
  },
  {
    files: /^src\/server_options\.ts$/,
    imports:
      /^src\/((arrival|errors|records|shared|limits|listen|host|net)\.ts$|tls\/setup\.ts$|udp\/open\.ts$|http\/plane\.ts$|faults\/(decisions|plan|stage|types)\.ts$)/,
  },
  {
    files:
      /^src\/(accept_loop|latest|listen|watchdog|records|tell|history|metrics)\.ts$/,
    imports:
      /^src\/((builtin|connection|echo_connection|latest|wait|limits|errors|listen|listen_url|histogram|records|socket_file|timer|host|net)\.ts$|http\/requests\.ts$|udp\/(drops|open)\.ts$)/,
  },
  {
    files: /^src\/http\//,
    imports:
      /^src\/(http\/|protocols\/staged_echo\.ts$|faults\/(gate|no_control|plan|stage)\.ts$|(echo_connection|guest|records|recording|metrics|listen_url|units|errors|latest|moment|one_line|read_buffer|shared|signal|timer|wait|host|net|web)\.ts$)/,
  },
  {
    files: /^src\/arrival\.ts$/,
    imports: /^src\/(proxy_protocol|subnet|timer|errors|net)\.ts$/,
  },
  {
    files: /^src\/guest\.ts$/,
    imports: /^src\/((echo_connection|listen_url|net)\.ts$|faults\/plan\.ts$)/,
  },
  {
    files: /^src\/udp\/echo\.ts$/,
    imports:
      /^src\/(udp\/|faults\/(no_control|plan|stage)\.ts$|(records|listen_url|errors|net)\.ts$)/,
  },
  {
    files: /^src\/udp\//,
    imports: /^src\/(udp\/|(builtin|ip|listen_url|timer|errors|host|net)\.ts$)/,
  },
  {
    files: /^src\/tls\//,
    imports: /^src\/(tls\/|(errors|ip|net)\.ts$)/,
  },
  {
    files: /^src\/protocols\//,
    imports:
      /^src\/(protocols\/|faults\/(gate|plan|stage)\.ts$|(connection|echo_connection|errors|read_buffer|signal|timer|net)\.ts$)/,
  },
  {
    files: /^src\/connection\.ts$/,
    imports: /^src\/(echo_connection|guest|listen_url|recording|wait|net)\.ts$/,
  },
  {
    files: /^src\/echo_connection\.ts$/,
    imports: /^src\/(wait|net)\.ts$/,
  },
  {
    files: /^src\/faults\//,
    imports: /^src\/(faults\/|(builtin|units|suggest|subnet|errors)\.ts$)/,
  },
  {
    files:
      /^src\/(listen_url|units|limits|wait|socket_file|subnet|proxy_protocol)\.ts$/,
    imports: /^src\/(builtin|errors|ip|timer|net)\.ts$/,
  },
  {
    files: /^src\/shared\.ts$/,
    imports: /^src\/(echo_connection|limits|net)\.ts$/,
  },
  {
    files: /^src\/workers\//,
    imports:
      /^src\/(workers\/|faults\/|(arrival|echo_connection|errors|host|limits|listen|ip|listen_url|metrics|net|records|runtime|server|server_options|shared|tell|timer)\.ts$)/,
  },
  {
    files:
      /^src\/(builtin|errors|ip|moment|one_line|progress_bar|read_buffer|recording|signal|suggest|timer)\.ts$/,
    imports: "nothing",
  },
  {
    files: /^src\/histogram\.ts$/,
    imports: /^src\/net\.ts$/,
  },
  {
    files: /^src\/adapters\/deno\//,
    imports:
      /^src\/((host|net|read_buffer|timer|web)\.ts$|adapters\/((deno|node)\/|(datagram_sends|receive_queue|room|socket_path|web_fields)\.ts$))/,
  },
  {
    files: /^src\/adapters\/bun\//,
    imports:
      /^src\/((host|net|web)\.ts$|adapters\/((bun|node)\/|(accept_queue|closed_error|datagram_sends|receive_queue|reset_error|room|socket_path)\.ts$))/,
  },
  {
    files: /^src\/adapters\/node\//,
    imports:
      /^src\/((host|net)\.ts$|adapters\/(node\/|(accept_queue|closed_error|datagram_sends|receive_queue|reset_error)\.ts$))/,
  },
  {
    files:
      /^src\/adapters\/(accept_queue|closed_error|datagram_sends|receive_queue|reset_error|room|socket_path|web_fields)\.ts$/,
    imports: /^src\/(builtin|net)\.ts$/,
  },
  { files: /^src\/host\.ts$/, imports: /^src\/(net|web)\.ts$/ },
  { files: /^src\/web\.ts$/, imports: /^src\/net\.ts$/ },
  { files: /^src\/net\.ts$/, imports: "nothing" },
];
