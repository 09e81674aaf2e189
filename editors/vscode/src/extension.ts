import { execFile } from "node:child_process";
import * as vscode from "vscode";
import { LanguageClient, type Executable, type LanguageClientOptions } from "vscode-languageclient/node";

const NAME = "optimlint";
const SETTINGS = ["path", "arguments", "codeLens"];
/** What the interpreter must have. With -P, no module of the folder that is open can pass for one of these. */
const PROBE = ["-P", "-c", "import optimlint, pygls"];

/** As much of the Python extension as is needed to know which interpreter is selected. */
interface PythonExtension {
  environments?: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { path: string };
    resolveEnvironment(path: { path: string }): Promise<{ executable: { uri?: vscode.Uri } } | undefined>;
    onDidChangeActiveEnvironmentPath(listener: () => void): vscode.Disposable;
  };
}

let client: LanguageClient | undefined;
/** What is being started or stopped: the next start waits for it. */
let turn: Promise<void> = Promise.resolve();

export function activate(context: vscode.ExtensionContext): Promise<void> {
  context.subscriptions.push(
    vscode.commands.registerCommand("optimlint.restart", restart),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (SETTINGS.some((name) => change.affectsConfiguration(`${NAME}.${name}`))) {
        void restart();
      }
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(restart),
  );
  void followInterpreter(context);
  return restart();
}

export function deactivate(): Promise<void> {
  turn = turn.then(stop);
  return turn;
}

function restart(): Promise<void> {
  turn = turn.then(stop).then(start);
  return turn;
}

async function start(): Promise<void> {
  const interpreter = await selectedInterpreter();
  const server = await serverOptions(interpreter);
  client = new LanguageClient(NAME, NAME, server, clientOptions());
  try {
    await client.start();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const python = interpreter ? `"${interpreter}" -m pip` : "pip";
    const hint = `Is it installed? ${python} install 'optimlint[lsp]', or set optimlint.path.`;
    void vscode.window.showErrorMessage(`optimlint cannot be started: ${reason}. ${hint}`);
  }
}

async function stop(): Promise<void> {
  const stopping = client;
  client = undefined;
  try {
    await stopping?.dispose();
  } catch {
    // A server that did not start cannot be stopped either.
  }
}

/** The command that the settings name; else the selected interpreter's optimlint; else the one on the path. */
async function serverOptions(interpreter: string | undefined): Promise<Executable> {
  const settings = vscode.workspace.getConfiguration(NAME);
  const cwd = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const args = ["server", ...settings.get<string[]>("arguments", [])];
  if (!settings.get("codeLens", true)) {
    args.push("--no-lenses");
  }
  const path = settings.get("path", "").replaceAll("${workspaceFolder}", cwd ?? "");
  if (path) {
    return { command: path, args, options: { cwd } };
  }
  if (interpreter && (await canImport(interpreter))) {
    return { command: interpreter, args: ["-P", "-m", NAME, ...args], options: { cwd } };
  }
  return { command: NAME, args, options: { cwd } };
}

/** The interpreter that the Python extension has selected. A folder that is not trusted has no say in what runs. */
async function selectedInterpreter(): Promise<string | undefined> {
  const environments = vscode.workspace.isTrusted ? (await python())?.environments : undefined;
  if (!environments) {
    return undefined;
  }
  const active = environments.getActiveEnvironmentPath(vscode.workspace.workspaceFolders?.[0]?.uri);
  return (await environments.resolveEnvironment(active))?.executable.uri?.fsPath;
}

async function followInterpreter(context: vscode.ExtensionContext): Promise<void> {
  const changes = (await python())?.environments?.onDidChangeActiveEnvironmentPath(() => void restart());
  if (changes) {
    context.subscriptions.push(changes);
  }
}

async function python(): Promise<PythonExtension | undefined> {
  try {
    return await vscode.extensions.getExtension<PythonExtension>("ms-python.python")?.activate();
  } catch {
    return undefined; // Its failures are its own to tell.
  }
}

function canImport(interpreter: string): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(interpreter, PROBE, { timeout: 10_000 }, (error) => resolve(error === null));
  });
}

function clientOptions(): LanguageClientOptions {
  return {
    documentSelector: ["file", "untitled", "vscode-notebook-cell"].map((scheme) => ({ scheme, language: "python" })),
  };
}
