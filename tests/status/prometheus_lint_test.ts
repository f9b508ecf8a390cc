import { assert, assertEquals } from "../assert.ts";
import { lintMetrics } from "./prometheus_lint.ts";

const COUNTER = `# HELP a_total Some.
# TYPE a_total counter
a_total{x="1"} 1
a_total{x="2",y="\\"\\\\\\n}"} 2.5e-7
`;

const HISTOGRAM = `# HELP e_seconds Some.
# TYPE e_seconds histogram
e_seconds_bucket{le="0.5"} 1
e_seconds_bucket{le="1"} 1
e_seconds_bucket{le="+Inf"} 3
e_seconds_sum 4.5
e_seconds_count 3
`;

const GAUGE = "# HELP g_bytes Some.\n# TYPE g_bytes gauge\ng_bytes -1\n";

Deno.test("metrics that are well pass", () => {
  assertEquals(lintMetrics(""), []);
  assertEquals(lintMetrics(COUNTER + HISTOGRAM + GAUGE), []);
  assertEquals(lintMetrics("# HELP a_total A.\n# TYPE a_total counter\n"), []);
});

Deno.test("each planted violation is found", () => {
  const line = (at: number) => `${COUNTER.split("\n")[at]}\n`;
  const planted: [text: string, problem: string][] = [
    [line(1) + line(0) + line(2), "a_total has no HELP before its TYPE"],
    [line(1) + line(2), "a_total has no HELP before its TYPE"],
    [line(0) + line(2), "a_total is not below its HELP and TYPE"],
    [line(0), "a_total has no TYPE"],
    [line(2), "a_total is not below its HELP and TYPE"],
    [line(0) + line(1) + line(1), "a_total has two TYPEs"],
    [line(0) + line(2) + line(1), "a_total has a late TYPE"],
    [COUNTER + COUNTER, "a_total comes twice"],
    [COUNTER + GAUGE + 'a_total{x="3"} 1\n', "a_total is not below its HELP"],
    [COUNTER + line(2), 'a_total{x="1"} 1 comes twice'],
    [COUNTER.trimEnd(), "no line feed at end"],
    [COUNTER.replace("Some.", ""), "a_total has no help"],
    [COUNTER.replace("Some.", "a\\tb"), "a_total has a bad escape"],
    [COUNTER.replace("counter", "meter"), "a_total is of no type: meter"],
    [COUNTER.replaceAll("a_total", "a"), "a lacks _total"],
    [COUNTER.replace(" counter", " gauge"), "a_total ends like something else"],
    [COUNTER.replace("} 1", "} -1"), "a_total counts less than nothing"],
    [COUNTER.replace("} 1", "} one"), "not a sample"],
    [COUNTER.replace('x="1"', 'x="a"b"'), "not a sample"],
    [COUNTER.replace('x="1"', 'x="a\\t"'), "not a sample"],
    [COUNTER.replace('x="1"', 'x="a\nb"'), "not a sample"],
    [COUNTER.replace('x="1"', '1x="1"'), "not a sample"],
    [COUNTER.replace('x="1"', '__x="1"'), "not a sample"],
    [COUNTER.replace('x="1"', 'x="1",x="2"'), "not a sample"],
    [COUNTER.replace('x="1"', 'le="1"'), "a_total has le where"],
    [GAUGE.replaceAll("g_bytes", "g_ms"), "g_ms has no base unit"],
    [
      GAUGE.replaceAll("g_bytes", "g_kilobytes"),
      "g_kilobytes has no base unit",
    ],
    [GAUGE.replaceAll("g_bytes", "g_gauge"), "g_gauge names its type"],
    [GAUGE.replaceAll("g_bytes", "g_count"), "g_count ends like something"],
    [GAUGE.replaceAll("g_bytes", "gBytes"), "gBytes is not in lower case"],
    [GAUGE.replaceAll("g_bytes", "g-bytes"), "g-bytes is not in lower case"],
    [HISTOGRAM.replace('{le="1"} 1', '{le="1"} 0'), "is not cumulative"],
    [HISTOGRAM.replace('{le="1"}', '{le="0.1"}'), "is not sorted"],
    [HISTOGRAM.replace("count 3", "count 4"), "another count than"],
    [
      HISTOGRAM.replace('e_seconds_bucket{le="+Inf"} 3\n', ""),
      "no bucket +Inf",
    ],
    [HISTOGRAM.replace("e_seconds_sum 4.5\n", ""), "has no sum"],
    [HISTOGRAM.replace('{le="1"}', ""), "has le where it does not belong"],
    [HISTOGRAM.replace("_sum", ""), "e_seconds is not below its HELP"],
  ];
  for (const [text, problem] of planted) {
    const found = lintMetrics(text);
    const isFound = found.some((it) => it.includes(problem));
    assert(isFound, `${problem}\n${text}${JSON.stringify(found)}`);
  }
});
