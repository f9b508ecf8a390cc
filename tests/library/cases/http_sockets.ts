import assert from "node:assert/strict";
import { OptionError, serveEcho } from "../../../mod.ts";
import { type Cases, inTime } from "../client.ts";
import { Socket } from "../socket.ts";

const HTTP = { listen: "http://127.0.0.1:0" } as const;

/** WebSockets and faults, as those who embed the server see them. */
export const httpSocketCases: Cases = {
  "the messages of a WebSocket can be looked at once it is over": async () => {
    await using server = await serveEcho({ ...HTTP, record: true });
    const socket = await Socket.open(server, "/chat?room=1");
    assert.equal(await socket.echo("héllo"), "héllo");
    assert.equal(await socket.echo(""), "");
    const bytes = new Uint8Array([0, 255]);
    assert.deepEqual(await socket.echo(bytes), bytes);
    const { http } = server.stats;
    assert.deepEqual(http, {
      ...{ requests: 1, answers: {}, webSockets: 1 },
      ...{ messagesIn: 3, messagesOut: 3 },
    });
    assert.deepEqual(server.requests, []);
    assert.deepEqual(await socket.close(4000, "enough"), [4000, "enough"]);
    const request = await server.waitForRequest();
    const { method, path, query, status, body } = request;
    assert.deepEqual([method, path, query, status], [
      ...["GET", "/chat", "room=1", 101],
    ]);
    assert.deepEqual(
      body,
      Uint8Array.from([...new TextEncoder().encode("héllo"), 0, 255]),
    );
    assert.equal(request.headers.get("upgrade"), "websocket");
    const over = server.stats.http;
    assert.deepEqual([over.answers, over.webSockets], [{ 101: 1 }, 0]);
    const connection = await server.waitForConnection(request.connection);
    assert.equal(connection.protocol, "http");
  },

  "a message that is longer than maxMessage closes its WebSocket": async () => {
    await using server = await serveEcho({ ...HTTP, maxMessage: 10 });
    const [long, other] = [
      await Socket.open(server),
      await Socket.open(server),
    ];
    assert.equal(await long.echo("x".repeat(10)), "x".repeat(10));
    long.send("x".repeat(11));
    const [code] = await long.closed;
    // Not all clients are told, as what they have sent is left unread.
    assert([1009, 1006].includes(code), `${code}`);
    assert.equal(await other.echo("still here"), "still here");
    await other.close();
  },

  "setFaults hits messages from then on, on open WebSockets as well":
    async () => {
      await using server = await serveEcho(HTTP);
      const socket = await Socket.open(server);
      assert.equal(await socket.echo("1"), "1");
      server.setFaults([{ kind: "drop", every: 2 }]);
      for (const text of ["2", "3", "4", "5"]) socket.send(text);
      assert.deepEqual(await socket.receive(2), ["3", "5"]);
      server.setFaults([{ kind: "duplicate" }]);
      socket.send("6");
      assert.deepEqual(await socket.receive(2), ["6", "6"]);
      server.setFaults([]);
      assert.equal(await socket.echo("7"), "7");
      await socket.close();
      const { messagesIn, messagesOut } = server.stats.http;
      assert.deepEqual([messagesIn, messagesOut], [7, 6]);
    },

  "setFaults hits the bodies of answers on new connections": async () => {
    await using server = await serveEcho({ ...HTTP, seed: 1 });
    const echo = async () => {
      const headers = { connection: "close" };
      const init = { method: "POST", body: "hello", headers };
      return await (await fetch(server.url, init)).text();
    };
    assert.equal(await echo(), "hello");
    server.setFaults([{ kind: "corrupt", rate: 1 }]);
    const corrupt = await echo();
    assert.equal(corrupt.length, 5);
    assert.notEqual(corrupt, "hello");
    server.setFaults([{ kind: "limit_data", bytes: 3 }]);
    await assert.rejects(inTime(echo(), "an answer that breaks off"));
    server.setFaults([]);
    assert.equal(await echo(), "hello");
    // There are no datagrams that it could turn round.
    const reorder = [{ kind: "reorder" }] as const;
    assert.throws(() => server.setFaults(reorder), OptionError);
  },
};
