// Drives the bundled extension without Visual Studio Code: the part of its API that the extension and its client library
// touch is played by stand-ins, and the server is the real one. Prints, as JSON, the findings that the editor would show.
//
// node drive.cjs EXTENSION COMMAND FOLDER FILE [INTERPRETER]
//
// COMMAND is the setting `optimlint.path`, perhaps empty; INTERPRETER is what the Python extension has selected.

const { readFileSync } = require("node:fs");
const Module = require("node:module");
const { pathToFileURL } = require("node:url");

const [extension, command, folder, file, interpreter] = process.argv.slice(2);

/** Anything: it can be called, constructed, subclassed, disposed of and iterated over, and has every property. */
function anything(known = {}) {
  const target = class {};
  return new Proxy(Object.assign(target, known), {
    get: (one, key) => {
      if (key in one || key === "then") return one[key];
      if (key === Symbol.iterator) return [][Symbol.iterator].bind([]);
      return typeof key === "symbol" ? undefined : (one[key] = anything());
    },
    apply: () => anything(),
  });
}

const plain = (names) => class { constructor(...values) { names.forEach((name, index) => (this[name] = values[index])); } };
const uri = (text) => ({ fsPath: text, scheme: "file", path: text, toString: () => text });
const disposable = () => ({ dispose() {} });

const document = {
  uri: Object.assign(uri(pathToFileURL(file).href), { fsPath: file }),
  languageId: "python",
  version: 1,
  isClosed: false,
  getText: () => readFileSync(file, "utf8"),
};
const messages = [];
const commands = [];
let tell;
const told = new Promise((resolve) => (tell = resolve));

class EventEmitter {
  listeners = new Set();
  event = (listener) => (this.listeners.add(listener), disposable());
  fire(value) { for (const listener of this.listeners) listener(value); }
  dispose() {}
}

class CancellationTokenSource {
  token = { isCancellationRequested: false, onCancellationRequested: disposable };
  cancel() {}
  dispose() {}
}

const vscode = anything({
  EventEmitter,
  CancellationTokenSource,
  Uri: { parse: uri, file: (path) => uri(pathToFileURL(path).href) },
  Position: plain(["line", "character"]),
  Range: class { constructor(a, b, c, d) { this.start = { line: a, character: b }; this.end = { line: c, character: d }; } },
  Diagnostic: plain(["range", "message", "severity"]),
  DiagnosticSeverity: { Error: 0, Warning: 1, Information: 2, Hint: 3 },
  commands: anything({ registerCommand: (name) => (commands.push(name), disposable()) }),
  env: anything({ language: "en", appName: "stand-in" }),
  version: "1.82.0",
  languages: anything({
    match: () => 10,
    createDiagnosticCollection: () => ({
      set: (_, diagnostics) => diagnostics.length && tell(diagnostics),
      delete() {}, clear() {}, dispose() {}, forEach() {}, get: () => [], has: () => false,
    }),
  }),
  window: anything({
    showErrorMessage: (text) => (messages.push(text), Promise.resolve()),
    visibleTextEditors: [],
    createOutputChannel: () => anything({ append() {}, appendLine() {}, show() {}, dispose() {} }),
    tabGroups: anything({ all: [] }),
  }),
  workspace: anything({
    workspaceFolders: [{ uri: Object.assign(uri(pathToFileURL(folder).href), { fsPath: folder }), name: "w", index: 0 }],
    textDocuments: [document],
    notebookDocuments: [],
    getConfiguration: () => ({ get: (key, value) => (key === "path" ? command : value), inspect: () => undefined }),
  }),
});

const selected = {
  environments: {
    getActiveEnvironmentPath: () => ({ path: interpreter }),
    resolveEnvironment: async ({ path }) => ({ executable: { uri: { fsPath: path } } }),
    onDidChangeActiveEnvironmentPath: disposable,
  },
};
vscode.extensions = { getExtension: () => (interpreter ? { activate: async () => selected } : undefined) };
vscode.workspace.isTrusted = true;

const load = Module._load;
Module._load = (name, ...rest) => (name === "vscode" ? vscode : load(name, ...rest));

(async () => {
  const { activate, deactivate } = require(extension);
  await activate({ subscriptions: [] });
  const diagnostics = messages.length ? [] : await told;
  const findings = diagnostics.map(({ range, message, code, source }) => ({ line: range.start.line, message, code, source }));
  await deactivate();
  console.log(JSON.stringify({ findings, messages, commands }));
  process.exit(0);
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
