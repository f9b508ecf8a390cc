import { formatFamilies, formatNumber } from "../../src/status/exposition.ts";
import { assertEquals } from "../assert.ts";
import { lintMetrics } from "./prometheus_lint.ts";

Deno.test("labels and help are escaped, so that no series can be made up", () => {
  const hostile = 'a"b\\c\nd{e} 1\n# TYPE x counter';
  const text = formatFamilies([{
    ...{ name: "x_info", type: "gauge", help: 'say "\\" and\nmore' },
    samples: [{ labels: { one: hostile, two: "ü,=" }, value: 1 }],
  }]);
  assertEquals(
    text,
    String.raw`# HELP x_info say "\\" and\nmore
# TYPE x_info gauge
x_info{one="a\"b\\c\nd{e} 1\n# TYPE x counter",two="ü,="} 1
`,
  );
  assertEquals(lintMetrics(text), []);
});

Deno.test("a family without values is HELP and TYPE alone", () => {
  const family = { name: "a_total", type: "counter", help: "A." } as const;
  assertEquals(
    formatFamilies([{ ...family, samples: [] }]),
    "# HELP a_total A.\n# TYPE a_total counter\n",
  );
});

Deno.test("numbers are written as Go reads them", () => {
  const cases: [value: number, text: string][] = [
    [0, "0"],
    [1.5, "1.5"],
    [1e-7, "1e-7"],
    [1e21, "1e+21"],
    [Infinity, "+Inf"],
    [-Infinity, "-Inf"],
    [NaN, "NaN"],
  ];
  for (const [value, text] of cases) assertEquals(formatNumber(value), text);
});
