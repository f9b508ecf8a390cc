// For `bun test ./tests/library/bun_runner.ts`, which a Deno test starts; the
// name keeps it from `deno test`. Bun runs its own test runner under node:test.
import { test } from "node:test";
import { CASES } from "./bun_suite.ts";

for (const [name, run] of Object.entries(CASES)) test(name, run);
