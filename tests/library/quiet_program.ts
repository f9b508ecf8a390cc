// A program that embeds the server, for embedding_test.ts: uses it, and with
// the argument "stay" goes on until it is killed.
import process from "node:process";
import { serveEcho } from "../../mod.ts";
import { Client } from "./client.ts";

const server = await serveEcho({
  record: true,
  faults: [{ kind: "latency", ms: 1, jitter: 1 }, { kind: "refuse", conn: 2 }],
});
const { port } = server;
const client = await Client.connect(port);
await client.echoes("hello");
const refused = await Client.connect(port);
await refused.end();
await refused[Symbol.asyncDispose]();
if (process.argv[2] === "stay") {
  process.stdout.write("ready\n");
} else {
  server.abortAll();
  await client.end();
  await client[Symbol.asyncDispose]();
  await server.shutdown();
}
