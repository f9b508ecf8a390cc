/**
 * What the workflows do with an executable on the system it was made for:
 * `deno run -A tests/workflows_smoke.ts bun|deno EXECUTABLE`.
 *
 * @module
 */

import meta from "../deno.json" with { type: "json" };
import { assert, assertEquals } from "./assert.ts";
import { connect, noise, outcome, outcomeOf, send } from "./client.ts";
import { run } from "./e2e/programs.ts";
import { ServerProcess } from "./server_process.ts";

const [runtime, path = ""] = Deno.args;
assert(runtime === "bun" || runtime === "deno", `a runtime: ${runtime}`);

const executable = Deno.realPathSync(path);
const { stdout } = await run(executable, "--version");
console.log(stdout);
assertEquals(stdout.split(/\r?\n/, 1), [`echod ${meta.version}`]);
const sha = Deno.env.get("GITHUB_SHA");
const commit = /^commit: (.*?)\r?$/m.exec(stdout)?.[1];
assert(commit && (!sha || sha.startsWith(commit)), `${sha} is built`);

const command = [executable];
const target = { name: "executable", runtime, command } as const;
await using server = await ServerProcess.start(target);
using client = await connect(server.port);
const data = noise(2 ** 20);
const receiving = outcomeOf(client);
await send(client, data);
await client.closeWrite();
assertEquals(await receiving, outcome(data, "FIN"));

// On Windows nothing but a console can ask: windows.ps1 has that.
if (Deno.build.os !== "windows") {
  server.signal("SIGTERM");
  assertEquals(await server.exitCode(), 0);
}
console.log(`${executable} starts, echoes and stops`);
