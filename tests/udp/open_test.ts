import { networkInterfaces } from "node:os";
import { OptionError, PermissionError } from "../../src/errors.ts";
import { parseListenUrl } from "../../src/listen_url.ts";
import type { Permission } from "../../src/host.ts";
import type { DatagramOptions, NetAddr } from "../../src/net.ts";
import {
  type DatagramListenOptions,
  datagramPermissions,
  openDatagrams,
} from "../../src/udp/open.ts";
import { assert, assertEquals, assertRejects } from "../assert.ts";
import { fakeRuntime } from "../fake_runtime.ts";
import { FakeDatagramSocket, udp } from "./fake_socket.ts";

const ALL: Permission = { kind: "net", host: "" };
const SYS: Permission = { kind: "sys", api: "networkInterfaces" };
const PUBLIC = { allowPublic: true };

/** This machine's addresses of a family. */
function addressesOf(family: "IPv4" | "IPv6"): string[] {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const ips = all.filter((it) => it.family === family).map((it) => it.address);
  return [...new Set(ips)];
}

/** What a runtime is made to do. */
interface World {
  /** What is not granted. */
  readonly denied?: readonly Permission["kind"][];
  /** Whether it cannot set a receive buffer. */
  readonly isPoor?: boolean;
  /** Called before each socket is bound; may throw. */
  readonly onBind?: (addr: NetAddr, call: number) => void;
}

/** Opens a URL's sockets on a fake runtime, which gives port 0 as 4000. */
function opening(
  url: string,
  options: DatagramListenOptions = { allowPublic: false },
  { denied = [], isPoor = false, onBind = () => {} }: World = {},
) {
  const bound: FakeDatagramSocket[] = [];
  const asked: NetAddr[] = [];
  const given: DatagramOptions[] = [];
  const runtime = fakeRuntime({
    name: "poor 1.0.0",
    capabilities: {
      ...{ receiveBuffer: !isPoor, sharesPorts: true },
      http2: true,
      maxMessage: 2 ** 31 - 1,
    },
    isGranted: ({ kind }) => !denied.includes(kind),
    bind(addr, options) {
      asked.push(addr);
      given.push(options);
      return new Promise((resolve) => {
        onBind(addr, asked.length);
        const { hostname, port } = addr;
        const socket = new FakeDatagramSocket(udp(hostname, port || 4000));
        bound.push(socket);
        resolve(socket);
      });
    },
  });
  const addr = parseListenUrl(url);
  assert(addr.transport === "udp");
  const sockets = openDatagrams(runtime, addr, options);
  return { sockets, bound, asked, given };
}

Deno.test("loopback is open to all who are on this machine", async () => {
  const urls: [url: string, addr: NetAddr][] = [
    ["udp://127.0.0.1:7", udp("127.0.0.1", 7)],
    ["udp://127.1.2.3:0", udp("127.1.2.3", 0)],
    ["udp://[::1]:7", udp("::1", 7)],
  ];
  for (const [url, addr] of urls) {
    const { sockets, bound, asked } = opening(url, undefined, {
      denied: ["sys", "env", "read", "write"],
    });
    assertEquals(await sockets, bound);
    assertEquals(asked, [addr]);
  }
});

Deno.test("a name is looked up, so that the socket knows its address", async () => {
  const { sockets, asked } = opening("udp://localhost:7");
  await sockets;
  assertEquals(asked.length, 1);
  assert(["127.0.0.1", "::1"].includes(asked[0].hostname));
});

Deno.test("a name that nobody knows fails as the system says", async () => {
  const { sockets, asked } = opening("udp://nowhere.invalid:7", PUBLIC);
  const error = await sockets.catch((error: Error) => error);
  assert(error instanceof Error && "code" in error);
  assert(/^(ENOTFOUND|EAI_AGAIN)$/.test(`${error.code}`), `${error}`);
  assertEquals(asked, []);
});

Deno.test("what others reach is refused unless asked for, and the CVE is named", async () => {
  for (
    const url of [
      ...["udp://0.0.0.0:7", "udp://[::]:7", "udp://192.0.2.1:7"],
      ...["udp://[2001:db8::1]:7", "udp://10.0.0.1:0"],
      ...["udp://0:7", "udp://[::ffff:10.0.0.1]:7"],
    ]
  ) {
    const { sockets, asked } = opening(url);
    // Of a name, what counts is what it stands for.
    const shown = url.replace("//0:", "//0.0.0.0:");
    const message = `Cannot listen on ${shown}: with one forged datagram, `;
    await assertRejects(() => sockets, OptionError, message);
    for (const part of ["(CVE-2024-2169)", "udp://127.0.0.1:PORT"]) {
      await assertRejects(() => sockets, OptionError, part);
    }
    await assertRejects(() => sockets, OptionError, "add --allow-public-udp");
    assertEquals(asked, []);
  }
});

Deno.test("what others reach is opened if asked for", async () => {
  for (const host of ["192.0.2.1", "2001:db8::1", "127.0.0.1"]) {
    const name = host.includes(":") ? `[${host}]` : host;
    const { sockets, asked } = opening(`udp://${name}:7`, PUBLIC);
    assertEquals((await sockets).length, 1);
    assertEquals(asked, [udp(host, 7)]);
  }
});

Deno.test("all addresses are opened one by one, all on one port", async () => {
  const ipv4 = addressesOf("IPv4");
  const ipv6 = addressesOf("IPv6").filter((ip) => !/^fe80/i.test(ip));
  const cases: [url: string, port: number, hosts: string[]][] = [
    ["udp://0.0.0.0:7", 7, ipv4],
    ["udp://0.0.0.0:0", 4000, ipv4],
    ["udp://[::]:7", 7, [...ipv4, ...ipv6]],
    ["udp://[::]:0", 4000, [...ipv4, ...ipv6]],
  ];
  for (const [url, port, hosts] of cases) {
    const { sockets, asked } = opening(url, PUBLIC);
    const addrs = (await sockets).map(({ addr }) => addr);
    assert(hosts.includes("127.0.0.1"));
    assertEquals(addrs.map(({ hostname }) => hostname).sort(), hosts.sort());
    assertEquals(new Set(addrs.map((it) => it.port)), new Set([port]));
    // Port 0 is asked for once: the others take what the first has got.
    const later = asked.slice(1).map((it) => it.port);
    assertEquals(later, Array(later.length).fill(port));
  }
});

Deno.test("all addresses are all, however they are written", async () => {
  for (const url of ["udp://[::0]:7", "udp://[0:0:0:0:0:0:0:0]:7"]) {
    const { sockets, asked } = opening(url, PUBLIC);
    await sockets;
    const hosts = asked.map(({ hostname }) => hostname);
    assert(hosts.includes("127.0.0.1"), `${url} is bound as ${hosts}`);
  }
});

Deno.test("IPv6 loopback is loopback, however it is written", async () => {
  const { sockets } = opening("udp://[0:0:0:0:0:0:0:1]:7");
  assertEquals((await sockets).length, 1);
});

Deno.test("a receive buffer needs a runtime that can set it", async () => {
  const options = { allowPublic: false, receiveBuffer: 65_536 };
  const { sockets, given } = opening("udp://127.0.0.1:7", options);
  await sockets;
  assertEquals(given, [{ receiveBuffer: 65_536 }]);
  const poor = opening("udp://127.0.0.1:7", options, { isPoor: true });
  await assertRejects(
    () => poor.sockets,
    OptionError,
    "Cannot set the receive buffer of udp://127.0.0.1:7: poor 1.0.0 has no " +
      "way to; use Bun, or the system's default",
  );
  assertEquals(poor.asked, []);
  const plain = opening("udp://127.0.0.1:7", undefined, { isPoor: true });
  assertEquals((await plain.sockets).length, 1);
});

Deno.test("a receive buffer is at most what the system's number holds", async () => {
  const most = 2 ** 31 - 1;
  const url = "udp://127.0.0.1:7";
  const fits = opening(url, { allowPublic: false, receiveBuffer: most });
  assertEquals((await fits.sockets).length, 1);
  const options = { allowPublic: false, receiveBuffer: most + 1 };
  const { sockets, asked } = opening(url, options);
  const message = `${url} to 2147483648: expected at most 2147483647 bytes`;
  await assertRejects(() => sockets, OptionError, message);
  assertEquals(asked, []);
});

Deno.test("a PermissionError names the flag, before anything is opened", async () => {
  const cases: [url: string, denied: Permission["kind"][], flag: string][] = [
    ["udp://127.0.0.1:7", ["net"], "Deno needs -N, without a host"],
    ["udp://[::]:7", ["net", "sys"], "Deno needs -N, without a host"],
    ["udp://0.0.0.0:7", ["sys"], "Deno needs -S=networkInterfaces"],
    ["udp://[::]:7", ["sys"], "or name one of them"],
  ];
  for (const [url, denied, flag] of cases) {
    const { sockets, asked } = opening(url, PUBLIC, { denied });
    await assertRejects(() => sockets, PermissionError, flag);
    await assertRejects(() => sockets, PermissionError, `on ${url}: `);
    assertEquals(asked, []);
  }
});

Deno.test("datagramPermissions asks for all hosts, and for all addresses where it must", () => {
  const cases: [hostname: string, permissions: Permission[]][] = [
    ["127.0.0.1", [ALL]],
    ["::1", [ALL]],
    ["echo.test", [ALL]],
    ["0.0.0.0", [ALL, SYS]],
    ["::", [ALL, SYS]],
  ];
  for (const [hostname, permissions] of cases) {
    assertEquals([...datagramPermissions(udp(hostname, 7))], permissions);
  }
});

Deno.test("a bind that fails passes the system's error on", async () => {
  const cause = Object.assign(new Error("in use"), { code: "EADDRINUSE" });
  const { sockets } = opening("udp://127.0.0.1:7", undefined, {
    onBind: () => {
      throw cause;
    },
  });
  assert(await sockets.catch((error) => error === cause));
});

Deno.test("a later bind that fails closes what was opened", {
  ignore: addressesOf("IPv4").length + addressesOf("IPv6").length < 2,
}, async () => {
  const { sockets, bound, asked } = opening("udp://[::]:7", PUBLIC, {
    onBind: (_addr, call) => {
      if (call === 2) throw new RangeError("no more");
    },
  });
  await assertRejects(() => sockets, RangeError, "no more");
  assertEquals(bound.map(({ closed }) => closed), [true]);
  assertEquals(asked.length, 2);
});
