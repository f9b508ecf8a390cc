/**
 * The program: `deno run -N main.ts`, `bun main.ts` or an executable of it.
 *
 * @module
 */

import { isWorker, loadRuntime } from "./src/runtime.ts";

if (isWorker) {
  const { runThread } = await import("./src/cli/thread.ts");
  await runThread();
} else {
  const { main } = await import("./src/cli/main.ts");
  const runtime = await loadRuntime();
  runtime.process.exit(await main(runtime, import.meta));
}
