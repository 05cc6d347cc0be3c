// The kernel of JupyterLite, started in Node as its own worker starts it in a page.
// node pyodide_kernel.mjs PARTS WHEELS DRIVE CELLS [FOLDER]: a line of JSON with the messages of each cell.
import { createReadStream, existsSync, readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";

const [parts, wheels, drive, cells, folder = ""] = process.argv.slice(2);

// The two indexes of wheels, as a site of JupyterLite has them.
const server = createServer((request, answer) => {
  const [, place, name] = new URL(request.url, "http://site").pathname.split("/");
  const file = join(place === "own" ? wheels : join(parts, "wheels"), basename(name ?? ""));
  if (!existsSync(file)) { answer.writeHead(404).end(); return; }
  answer.writeHead(200);
  createReadStream(file).pipe(answer);
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const site = `http://127.0.0.1:${server.address().port}`;

const { loadPyodide } = await import(pathToFileURL(join(parts, "pyodide", "pyodide.mjs")));
const pyodide = await loadPyodide({
  indexURL: join(parts, "pyodide") + "/",
  stdout: (text) => console.error(text),
  stderr: (text) => console.error(text),
});
pyodide.FS.mkdirTree("/drive");
pyodide.FS.mount(pyodide.FS.filesystems.NODEFS, { root: drive }, "/drive");
await pyodide.loadPackage(["micropip"], { messageCallback: () => {} });
const piplite = readdirSync(join(parts, "wheels")).find((name) => name.startsWith("piplite-"));
pyodide.globals.set("place", ["/drive", folder].filter(Boolean).join("/"));
await pyodide.runPythonAsync(`
import micropip
await micropip.install("${site}/kernel/${piplite}", keep_going=True)
import piplite.piplite
piplite.piplite._PIPLITE_DISABLE_PYPI = False
piplite.piplite._PIPLITE_URLS = ["${site}/own/all.json", "${site}/kernel/all.json"]
for name in ["ipykernel", "comm", "pyodide-kernel", "jedi", "ipython"]:
    await piplite.install(name, keep_going=True)
import os
os.chdir(place)
del globals()["place"], name
import pyodide_kernel
`);

const plain = (value) => {
  const given = value instanceof pyodide.ffi.PyProxy ? value.toJs() : value;
  if (given instanceof Map) return Object.fromEntries([...given].map(([key, part]) => [key, plain(part)]));
  if (Array.isArray(given)) return given.map(plain);
  return given && given.constructor === Object
    ? Object.fromEntries(Object.entries(given).map(([key, part]) => [key, plain(part)])) : given;
};
const modules = pyodide.globals.get("pyodide_kernel");
const kernel = modules.kernel_instance.copy();
const shell = kernel.interpreter.copy();
let messages = [];
const tell = (output_type, content) => messages.push({ output_type, ...plain(content) });
for (const stream of [modules.stdout_stream.copy(), modules.stderr_stream.copy()])
  stream.publish_stream_callback = (name, text) => tell("stream", { name, text });
shell.display_pub.clear_output_callback = () => { messages = []; };
shell.display_pub.display_data_callback = (data, metadata) => tell("display_data", { data: plain(data), metadata: plain(metadata) });
shell.display_pub.update_display_data_callback = (data, metadata) => tell("display_data", { data: plain(data), metadata: plain(metadata) });
shell.displayhook.publish_execution_result = (execution_count, data, metadata) =>
  tell("execute_result", { execution_count, data: plain(data), metadata: plain(metadata) });
shell.input = () => { throw new Error("nobody can answer here"); };

const told = [];
for (const code of JSON.parse(readFileSync(cells, "utf-8"))) {
  messages = [];
  const parent = { header: { msg_id: String(told.length) } };
  kernel._parent_header = pyodide.toPy(parent);
  const { status, ename, evalue, traceback } = plain(await kernel.run(code));
  if (status === "error") tell("error", { ename, evalue, traceback });
  told.push(messages);
}
console.log("ANSWERS " + JSON.stringify(told));
process.exit(0);
