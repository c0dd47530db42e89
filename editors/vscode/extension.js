"use strict";

const { workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

/** Start `evtcompat lsp` for the schemas that are opened; VS Code stops it by `deactivate`. */
function activate() {
  const [command, ...args] = workspace.getConfiguration("evtcompat").get("command");
  client = new LanguageClient(
    "evtcompat",
    { command, args },
    {
      documentSelector: ["json", "jsonc", "yaml"].map((language) => ({ scheme: "file", language })),
      synchronize: { fileEvents: workspace.createFileSystemWatcher("**/*.{avsc,avpr,avdl,json,yaml,yml}") },
    },
  );
  return client.start();
}

function deactivate() {
  return client?.stop();
}

module.exports = { activate, deactivate };
