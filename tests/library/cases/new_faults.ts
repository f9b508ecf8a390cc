import assert from "node:assert/strict";
import {
  type Fault,
  type FaultsRecord,
  OptionError,
  serveEcho,
  type ServerRecord,
} from "../../../mod.ts";
import { type Cases, Client } from "../client.ts";

/** What a server does with faults that it gets while it runs. */
export const newFaultCases: Cases = {
  "setFaults hits connections that come later, and them alone": async () => {
    await using server = await serveEcho();
    await using open = await Client.connect(server.port);
    await open.echoes("before");
    server.setFaults([{ kind: "reset_peer", bytes: 3 }]);
    await using hit = await Client.connect(server.port);
    hit.send("hello");
    assert.equal(await hit.end(), "RST");
    assert.equal(hit.received, "hel");
    await open.echoes("after");
    server.setFaults([]);
    await using last = await Client.connect(server.port);
    await last.echoes("hello");
  },

  "setFaults tells the faults as text, and what they leave to chance":
    async () => {
      const told: FaultsRecord[] = [];
      const onRecord = (record: ServerRecord) => {
        if (record.event === "faults") told.push(record);
      };
      await using server = await serveEcho({ onRecord, seed: 5 });
      server.setFaults([{ kind: "latency", ms: 20, p: 0.5 }, { kind: "mute" }]);
      assert.throws(() => server.setFaults([{ kind: "drop" }]), OptionError);
      server.setFaults([]);
      assert.deepEqual(told, [
        { event: "faults", faults: "latency:ms=20,p=0.5;mute", seed: 5 },
        { event: "faults", faults: "", seed: 5 },
      ]);
    },

  "setFaults leaves a connection the faults that it began with": async () => {
    const faults: Fault[] = [{ kind: "limit_data", bytes: 3 }];
    await using server = await serveEcho({ faults });
    await using client = await Client.connect(server.port);
    await client.echoes("hi");
    server.setFaults([]);
    client.send("hello");
    assert.equal(await client.end(), "FIN");
    assert.equal(client.received, "hih");
    client.finish();
  },

  "setFaults with a fault that cannot be used changes nothing": async () => {
    const faults: Fault[] = [{ kind: "limit_data", bytes: 3 }];
    await using server = await serveEcho({ faults });
    const wrong: Fault = JSON.parse('{"kind":"mutes"}');
    assert.throws(
      () => server.setFaults([{ kind: "mute" }, wrong]),
      (error) => {
        assert(error instanceof OptionError);
        assert.match(
          error.message,
          /\{"kind":"mutes"\}: .*did you mean mute\?/,
        );
        return true;
      },
    );
    await using client = await Client.connect(server.port);
    client.send("hello");
    assert.equal(await client.end(), "FIN");
    assert.equal(client.received, "hel");
    client.finish();
  },
};
