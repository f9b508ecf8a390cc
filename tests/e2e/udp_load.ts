/**
 * A load client for datagrams, run as a program of its own: sends so many with
 * so many on their way at a time, and prints what came of it as JSON.
 *
 * @module
 */

import { createSocket } from "node:dgram";
import process from "node:process";

const [port, total, inFlight] = process.argv.slice(2).map(Number);
const SIZE = 64;
// Whoever has not come by then has been lost.
const PATIENCE_MS = 500;

const socket = createSocket({ type: "udp4", recvBufferSize: 4 * 1024 * 1024 });
const counts = { sent: 0, received: 0, wrong: 0 };
const missing = new Set<number>();
let patience = setTimeout(giveUp, PATIENCE_MS);

function send(): void {
  if (counts.sent === total) return;
  const data = new Uint8Array(SIZE).fill(counts.sent % 251);
  new DataView(data.buffer).setUint32(0, counts.sent);
  missing.add(counts.sent++);
  socket.send(data, port, "127.0.0.1", (error) => {
    if (error) throw error;
  });
}

function giveUp(): void {
  if (counts.sent === total) return finish();
  // Those on their way are lost: others take their place.
  for (let i = 0; i < inFlight; i++) send();
  patience = setTimeout(giveUp, PATIENCE_MS);
}

function finish(): void {
  clearTimeout(patience);
  console.log(JSON.stringify(counts));
  socket.close();
}

socket.on("message", (data) => {
  const number = data.readUInt32BE(0);
  const isWhole = data.length === SIZE &&
    data.subarray(4).every((byte) => byte === number % 251);
  if (isWhole && missing.delete(number)) counts.received++;
  else counts.wrong++;
  patience.refresh();
  if (counts.received === total) finish();
  else send();
});
socket.bind(0, "127.0.0.1", () => {
  for (let i = 0; i < inFlight; i++) send();
});
