import { assert, assertEquals } from "../assert.ts";
import { ServerProcess } from "../server_process.ts";
import { type Target, TARGETS } from "../targets.ts";
import { UdpClient } from "../udp_client.ts";

function start(
  target: Target,
  ...faults: readonly string[]
): Promise<ServerProcess> {
  const flags = faults.flatMap((fault) => ["--fault", fault]);
  const listen = ["--listen", "udp://127.0.0.1:0"];
  return ServerProcess.start(target, [...listen, "--seed", "7", ...flags]);
}

/** Which of so many datagrams come back; `end` is one that always does. */
async function answered(
  server: ServerProcess,
  count: number,
): Promise<string[]> {
  using client = await UdpClient.bind();
  for (let i = 1; i <= count; i++) await client.send(`${i}`, server.urls[0]);
  await client.send("end", server.urls[0]);
  const answers: string[] = [];
  for (;;) {
    const answer = await client.nextText();
    if (answer === "end") return answers;
    answers.push(answer);
  }
}

/** What earlier runs came to, on whatever runtime. */
const earlier = new Map<string, string[]>();

for (const target of TARGETS) {
  const { name } = target;

  Deno.test(`${name}: drop loses a share of datagrams, the same with the same seed`, async () => {
    for (let run = 0; run < 2; run++) {
      await using server = await start(target, "drop:p=0.5,conn=1-100");
      const answers = await answered(server, 100);
      assert(answers.length > 25 && answers.length < 75, `${answers}`);
      assertEquals(answers, earlier.get("drop") ?? answers);
      earlier.set("drop", answers);
    }
  });

  Deno.test(`${name}: duplicate answers every second datagram twice`, async () => {
    await using server = await start(target, "duplicate:every=2");
    assertEquals(await answered(server, 4), ["1", "2", "2", "3", "4", "4"]);
  });

  Deno.test(`${name}: reorder lets the next one go first`, async () => {
    await using server = await start(target, "reorder:conn=2,ms=10s");
    assertEquals(await answered(server, 4), ["1", "3", "2", "4"]);
  });

  Deno.test(`${name}: what reorder holds back comes by itself in the end`, async () => {
    await using server = await start(target, "reorder:ms=50");
    using client = await UdpClient.bind();
    assertEquals(await client.ask("alone", server.urls[0]), "alone");
  });

  Deno.test(`${name}: latency delays datagrams`, async () => {
    await using server = await start(target, "latency:ms=200");
    using client = await UdpClient.bind();
    const began = performance.now();
    assertEquals(await client.ask("late", server.urls[0]), "late");
    assert(performance.now() - began >= 195);
  });

  Deno.test(`${name}: corrupt flips one bit, the same on every runtime`, async () => {
    await using server = await start(target, "corrupt:rate=0.1");
    using client = await UdpClient.bind();
    const data = new Uint8Array(1000);
    await client.send(data, server.urls[0]);
    const answer = (await client.next()).data;
    const changed = [...answer].filter((byte) => byte !== 0);
    assert(changed.length > 50 && changed.length < 150);
    assert(changed.every((byte) => (byte & (byte - 1)) === 0));
    const text = String.fromCharCode(...answer);
    assertEquals([text], earlier.get("corrupt") ?? [text]);
    earlier.set("corrupt", [text]);
  });

  Deno.test(`${name}: the decisions about datagrams can be played again`, async () => {
    const directory = await Deno.makeTempDir();
    const log = `${directory}/run.jsonl`;
    const listen = ["--listen", "udp://127.0.0.1:0"];
    const run = async (...flags: readonly string[]) => {
      await using server = await ServerProcess.start(target, [
        ...listen,
        ...flags,
      ]);
      return await answered(server, 50);
    };
    const fault = ["--fault", "drop:p=0.5,conn=1-50", "--fault-log", log];
    const first = await run(...fault);
    assertEquals(await run("--fault-replay", log), first);
    assert(first.length > 5 && first.length < 45);
    await Deno.remove(directory, { recursive: true });
  });
}
