import { OptionError } from "../src/errors.ts";
import { parseListenUrl } from "../src/listen_url.ts";
import { checkOptions } from "../src/server_options.ts";
import { assertThrows } from "./assert.ts";
import { fakeRuntime } from "./fake_runtime.ts";

/** Checks options on a runtime whose WebSockets take 100 bytes. */
function check(maxMessage: number | undefined, ...urls: string[]): void {
  const runtime = fakeRuntime({
    name: "poor 1.0.0",
    capabilities: {
      ...{ receiveBuffer: true, http2: true, sharesPorts: true },
      maxMessage: 100,
    },
  });
  checkOptions(runtime, { listen: urls.map(parseListenUrl), maxMessage });
}

Deno.test("checkOptions refuses messages that the runtime cannot take, and names its limit", () => {
  for (const url of ["http://127.0.0.1:0", "https://[::1]:0"]) {
    for (const urls of [[url], ["tcp://127.0.0.1:0", url]]) {
      assertThrows(
        () => check(101, ...urls),
        OptionError,
        "Cannot take messages of 101 bytes (--max-message, maxMessage): " +
          "poor 1.0.0 takes at most 100",
      );
      check(100, ...urls);
    }
  }
});

Deno.test("checkOptions asks nothing of messages where nothing takes them", () => {
  check(101, "tcp://127.0.0.1:0", "tls://127.0.0.1:0", "udp://127.0.0.1:0");
  check(101);
});
