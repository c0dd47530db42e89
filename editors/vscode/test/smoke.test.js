"use strict";

// The server as the extension starts it, spoken to over the JSON-RPC library that VS Code's own client uses.

const assert = require("node:assert");
const { spawn } = require("node:child_process");
const { mkdtempSync, writeFileSync } = require("node:fs");
const { tmpdir } = require("node:os");
const path = require("node:path");
const test = require("node:test");
const { pathToFileURL } = require("node:url");
const rpc = require("vscode-jsonrpc/node");

const settings = require("../package.json").contributes.configuration.properties;

test("a change that breaks a consumer is told", { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "evtcompat-"));
  const schema = (fields) => JSON.stringify({ type: "record", name: "Order", fields });
  const id = { name: "id", type: "string" };
  writeFileSync(path.join(folder, "order-v1.avsc"), schema([id]));
  const uri = pathToFileURL(path.join(folder, "order-v2.avsc")).href;
  writeFileSync(path.join(folder, "order-v2.avsc"), schema([id]));

  const [command, ...args] = settings["evtcompat.command"].default;
  const server = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  const connection = rpc.createMessageConnection(
    new rpc.StreamMessageReader(server.stdout),
    new rpc.StreamMessageWriter(server.stdin),
  );
  const told = new Promise((resolve) => {
    connection.onNotification("textDocument/publishDiagnostics", resolve);
  });
  connection.listen();
  await connection.sendRequest("initialize", { processId: process.pid, rootUri: null, capabilities: {} });
  await connection.sendNotification("initialized", {});
  const text = schema([id, { name: "currency", type: "string" }]);
  const textDocument = { uri, languageId: "json", version: 1, text };
  await connection.sendNotification("textDocument/didOpen", { textDocument });
  const { diagnostics } = await told;
  assert.deepStrictEqual(
    diagnostics.map((one) => [one.source, one.code, one.severity]),
    [["evtcompat", "reader-field-missing-default-value", 1]],
  );
  await connection.sendRequest("shutdown");
  await connection.sendNotification("exit");
  await new Promise((resolve) => server.on("exit", resolve));
  connection.dispose();
});
