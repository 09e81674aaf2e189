import * as vscode from "vscode";
import { LanguageClient, type LanguageClientOptions, type ServerOptions } from "vscode-languageclient/node";

const NAME = "optimlint";

let client: LanguageClient | undefined;
/** What is being started or stopped: the next start waits for it. */
let turn: Promise<void> = Promise.resolve();

export function activate(context: vscode.ExtensionContext): Promise<void> {
  context.subscriptions.push(
    vscode.commands.registerCommand("optimlint.restart", restart),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("optimlint.path") || change.affectsConfiguration("optimlint.arguments")) {
        void restart();
      }
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(restart),
  );
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
  const server = serverOptions();
  client = new LanguageClient(NAME, NAME, server, clientOptions());
  try {
    await client.start();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const hint = "Is it installed? pip install 'optimlint[lsp]', or set optimlint.path.";
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

function serverOptions(): ServerOptions {
  const settings = vscode.workspace.getConfiguration(NAME);
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const command = settings.get("path", NAME).replaceAll("${workspaceFolder}", folder ?? "");
  const args = ["server", ...settings.get<string[]>("arguments", [])];
  return { command, args, options: { cwd: folder } };
}

function clientOptions(): LanguageClientOptions {
  return {
    documentSelector: ["file", "untitled", "vscode-notebook-cell"].map((scheme) => ({ scheme, language: "python" })),
  };
}
