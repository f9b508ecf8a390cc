/**
 * The text format in which Prometheus reads metrics, version 0.0.4.
 *
 * @module
 */

/** The media type of the format. */
export const EXPOSITION_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Metrics that have a name in common. */
export interface Family {
  /** The name, with its unit, and `_total` for counters. */
  readonly name: string;
  /** What kind of metrics they are. */
  readonly type: "counter" | "gauge" | "histogram";
  /** What they say. */
  readonly help: string;
  /** Their values. */
  readonly samples: readonly Sample[];
}

/** One value of a family. */
export interface Sample {
  /** What follows the family's name, such as `_bucket`. */
  readonly suffix?: string;
  /** What tells it from the others. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The value. */
  readonly value: number;
}

/** Writes families as text. */
export function formatFamilies(families: readonly Family[]): string {
  return families.map(({ name, type, help, samples }) =>
    [
      `# HELP ${name} ${escapeHelp(help)}`,
      `# TYPE ${name} ${type}`,
      ...samples.map(({ suffix = "", labels = {}, value }) =>
        `${name}${suffix}${formatLabels(labels)} ${formatNumber(value)}`
      ),
    ].map((line) => `${line}\n`).join("")
  ).join("");
}

/** A number as the format has it. */
export function formatNumber(value: number): string {
  if (Number.isFinite(value)) return `${value}`;
  return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
}

function formatLabels(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) =>
    `${name}="${escapeHelp(value).replaceAll('"', '\\"')}"`
  );
  return pairs.length > 0 ? `{${pairs.join(",")}}` : "";
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}
