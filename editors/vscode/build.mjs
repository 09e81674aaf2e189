// Bundles the extension with its client library into one file, and puts the project's license beside it.

import { copyFile } from "node:fs/promises";
import { build } from "esbuild";

await build({
  entryPoints: ["src/extension.ts"],
  outfile: "dist/extension.js",
  bundle: true,
  minify: true,
  platform: "node",
  target: "node18",
  format: "cjs",
  external: ["vscode"],
});
await copyFile("../../LICENSE", "LICENSE");
