import { CASES } from "./bun_suite.ts";

for (const [name, run] of Object.entries(CASES)) Deno.test(name, run);
