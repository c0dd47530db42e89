// The same service in another language: Redis Streams by a small client of its own, a file as its database.
const fs = require("node:fs");
const net = require("node:net");

const [host, port] = process.env.BROKER.split(":");
const { TOPIC, GROUP, OUT } = process.env;
const factor = process.env.MODE === "amount" ? 10 : 1;
const socket = net.connect(Number(port), host);
let buffer = Buffer.alloc(0);
let waiting;

function parse(at) {
  const end = buffer.indexOf("\r\n", at);
  if (end < 0) return;
  const kind = String.fromCharCode(buffer[at]);
  const text = buffer.toString("utf8", at + 1, end);
  if (kind === "+" || kind === "-" || kind === ":") return { value: text, next: end + 2 };
  const length = Number(text);
  if (length < 0) return { value: null, next: end + 2 };
  if (kind === "$") {
    const next = end + 2 + length + 2;
    return buffer.length < next ? undefined : { value: buffer.toString("utf8", end + 2, next - 2), next };
  }
  const items = [];
  let next = end + 2;
  for (let index = 0; index < length; index++) {
    const item = parse(next);
    if (!item) return;
    items.push(item.value);
    next = item.next;
  }
  return { value: items, next };
}

socket.on("data", (part) => {
  buffer = Buffer.concat([buffer, part]);
  const answer = parse(0);
  if (answer) {
    buffer = buffer.subarray(answer.next);
    waiting(answer.value);
  }
});

function ask(...words) {
  const encoded = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join("");
  socket.write(`*${words.length}\r\n${encoded}`);
  return new Promise((answered) => (waiting = answered));
}

async function serve() {
  const seen = new Set();
  console.log("listening");
  for (;;) {
    const answer = await ask("XREADGROUP", "GROUP", GROUP, "node", "COUNT", "1", "BLOCK", "200", "STREAMS", TOPIC, ">");
    for (const [position, fields] of answer ? answer[0][1] : []) {
      const entry = Object.fromEntries(fields.flatMap((field, index) => (index % 2 ? [] : [[field, fields[index + 1]]])));
      if (!seen.has(entry["h:ce_id"])) {
        seen.add(entry["h:ce_id"]);
        const order = JSON.parse(entry.body);
        fs.appendFileSync(OUT, `${JSON.stringify({ id: order.order_id, total: order.total * factor })}\n`);
      }
      await ask("XACK", TOPIC, GROUP, position);
    }
  }
}

socket.on("connect", serve);
