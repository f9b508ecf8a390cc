/**
 * Finds what is wrong with metrics in the text format of Prometheus: what its
 * parser refuses, and what `promtool check metrics` advises against.
 *
 * @module
 */

const NAME = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;
const LABEL = /^(?!__)[a-zA-Z_]\w*$/;
const NUMBER = /^(?:[+-]?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|Inf)|NaN)$/;
const SAMPLE =
  /^(?<name>[\w:]+)(?:\{(?<labels>(?:[^"}]|"(?:[^"\\]|\\.)*")*)\})? (?<value>\S+)$/;
const PAIR = /([^=,]+)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y;
const TYPES = ["counter", "gauge", "histogram", "summary", "untyped"];
const OTHER_UNITS = new Set([
  ...["ms", "us", "ns", "s", "sec", "milliseconds", "microseconds", "m"],
  ...["nanoseconds", "minutes", "hours", "days", "h", "d", "b", "kb", "mb"],
  ...["gb", "kib", "mib", "gib", "kilobytes", "megabytes", "gigabytes", "bits"],
]);
const RESERVED = /_(total|count|sum|bucket)$/;

/** A value of a family. */
interface Series {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

/** A family, as far as it has been read. */
interface Family {
  readonly name: string;
  type?: string;
  readonly series: Series[];
}

/**
 * Finds what is wrong.
 *
 * @param text the metrics.
 * @returns one text for each violation; none if all is well.
 */
export function lintMetrics(text: string): string[] {
  const problems: string[] = [];
  const families = new Map<string, Family>();
  const seen = new Set<string>();
  let current: Family | undefined;

  function readHelp(name: string, help: string): void {
    if (help.trim() === "") problems.push(`${name} has no help`);
    if (!/^(?:[^\\]|\\[\\n])*$/.test(help)) {
      problems.push(`${name} has a bad escape`);
    }
    if (families.has(name)) problems.push(`${name} comes twice`);
    current = { name, series: [] };
    families.set(name, current);
  }

  function readType(name: string, type: string): void {
    if (current?.name !== name) {
      problems.push(`${name} has no HELP before its TYPE`);
      return;
    }
    if (current.type) problems.push(`${name} has two TYPEs`);
    if (current.series.length > 0) problems.push(`${name} has a late TYPE`);
    if (!TYPES.includes(type)) problems.push(`${name} is of no type: ${type}`);
    current.type = type;
  }

  function readSample(line: string): void {
    const { name, labels = "", value } = SAMPLE.exec(line)?.groups ?? {};
    const read = readLabels(labels);
    if (name === undefined || !NUMBER.test(value) || !read) {
      problems.push(`not a sample: ${line}`);
      return;
    }
    const key = `${name} ${JSON.stringify([...read].sort())}`;
    if (seen.has(key)) problems.push(`${line} comes twice`);
    seen.add(key);
    const isOurs = current?.type && namesOf(current).includes(name);
    if (!isOurs) problems.push(`${name} is not below its HELP and TYPE`);
    current?.series.push({
      ...{
        name,
        labels: read,
        value: Number(value.replace("Inf", "Infinity")),
      },
    });
  }

  if (text !== "" && !text.endsWith("\n")) problems.push("no line feed at end");
  for (const line of text.split("\n").slice(0, -1)) {
    const [, keyword, name, rest] =
      /^# (HELP|TYPE) (\S+)(?: (.*))?$/.exec(line) ?? [];
    if (keyword === "HELP") readHelp(name, rest ?? "");
    else if (keyword === "TYPE") readType(name, rest ?? "");
    else readSample(line);
  }
  return [...problems, ...[...families.values()].flatMap(lintFamily)];
}

function readLabels(text: string): Map<string, string> | undefined {
  const labels = new Map<string, string>();
  for (PAIR.lastIndex = 0; PAIR.lastIndex < text.length;) {
    const [, name, value] = PAIR.exec(text) ?? [];
    if (name === undefined || !LABEL.test(name) || labels.has(name)) {
      return undefined;
    }
    labels.set(name, value);
  }
  return labels;
}

function namesOf({ name, type }: Family): string[] {
  return type === "histogram"
    ? [`${name}_bucket`, `${name}_sum`, `${name}_count`]
    : [name];
}

function lintFamily(family: Family): string[] {
  const { name, type, series } = family;
  const problems: string[] = [];
  const check = (isWell: boolean, problem: string) => {
    if (!isWell) problems.push(`${name} ${problem}`);
  };
  check(NAME.test(name), "is not in lower case with single underscores");
  check(type !== undefined, "has no TYPE");
  check(type !== "counter" || name.endsWith("_total"), "lacks _total");
  check(
    !RESERVED.test(type === "counter" ? name.replace(/_total$/, "") : name),
    "ends like something else",
  );
  const words = name.split("_");
  check(!words.some((word) => OTHER_UNITS.has(word)), "has no base unit");
  check(!words.some((word) => TYPES.includes(word)), "names its type");
  for (const { labels, value, name: full } of series) {
    const isBucket = type === "histogram" && full.endsWith("_bucket");
    check(isBucket === labels.has("le"), "has le where it does not belong");
    check(type !== "counter" || value >= 0, "counts less than nothing");
  }
  return [...problems, ...(type === "histogram" ? lintBuckets(family) : [])];
}

function lintBuckets({ name, series }: Family): string[] {
  const of = (suffix: string) =>
    series.filter((it) => it.name === name + suffix);
  const buckets = of("_bucket").map(({ labels, value }) => ({
    ...{ le: Number(labels.get("le")?.replace("Inf", "Infinity")), value },
  }));
  const [count] = of("_count");
  const last = buckets.at(-1);
  const pairs = buckets.slice(1).map((bucket, at) => [buckets[at], bucket]);
  return [
    ...of("_sum").length === 1 ? [] : [`${name} has no sum`],
    ...last?.le === Infinity ? [] : [`${name} has no bucket +Inf at the end`],
    ...count && count.value === last?.value
      ? []
      : [`${name} has another count than its last bucket`],
    ...pairs.every(([a, b]) => a.le < b.le) ? [] : [`${name} is not sorted`],
    ...pairs.every(([a, b]) => a.value <= b.value)
      ? []
      : [`${name} is not cumulative`],
  ];
}
