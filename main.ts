/**
 * The program: `deno run -N main.ts`, `bun main.ts` or an executable of it.
 *
 * @module
 */

import process from "node:process";
import { isWorker } from "./src/runtime.ts";

if (isWorker) {
  const { runThread } = await import("./src/cli/thread.ts");
  await runThread();
} else {
  const { main } = await import("./src/cli/main.ts");
  process.exit(await main(process.argv.slice(2), import.meta));
}
