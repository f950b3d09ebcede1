// Holds scripts of PowerShell to the grammar, and the calls of their own functions to
// what these declare: script-checks.mjs NPM_FOLDER SCRIPTS_FOLDER.
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [npm, folder] = process.argv.slice(2).map((path) => resolve(path));
const require = createRequire(join(npm, "node_modules", "_.js"));
const { Parser, Language } = await import(pathToFileURL(require.resolve("web-tree-sitter")));
await Parser.init();
const parser = new Parser();
parser.setLanguage(await Language.load(join(npm, "node_modules/tree-sitter-powershell/tree-sitter-powershell.wasm")));

// What PowerShell gives a function that says [CmdletBinding()], in part.
const COMMON = ["-whatif", "-confirm", "-verbose", "-erroraction"];

function* descend(node) {
  yield node;
  for (const child of node.children) yield* descend(child);
}

const place = (node) => `${node.startPosition.row + 1}:${node.startPosition.column + 1}`;

/** What is wrong with a script, each with its line and column. uses gets the functions
 * that it has, and whether it uses them; a name in a string counts as a use. */
function problems(text, uses = new Map()) {
  const nodes = [...descend(parser.parse(text).rootNode)];
  const found = nodes.filter((node) => node.isError || node.isMissing)
    .map((node) => `${place(node)}: no PowerShell: ${node.isMissing ? `${node.type} is missing` : JSON.stringify(node.text.slice(0, 80))}`);

  const declared = new Map();
  for (const node of nodes.filter((node) => node.type === "function_statement")) {
    const name = node.children.find((child) => child.type === "function_name");
    const block = [...descend(node)].find((child) => child.type === "param_block" || child.type === "function_parameter_declaration");
    const parameters = [...(block ? descend(block) : [])].filter((child) => child.type === "script_parameter")
      .map((child) => "-" + [...descend(child)].find((part) => part.type === "variable").text.slice(1).toLowerCase());
    declared.set(name.text.toLowerCase(), { at: place(node), parameters, called: false });
  }
  for (const node of nodes.filter((node) => node.type === "command")) {
    const name = node.childForFieldName("command_name")?.text ?? "";
    const known = declared.get(name.toLowerCase());
    if (!known) {
      if (/-Postern/i.test(name)) found.push(`${place(node)}: ${name} is not defined`);
      continue;
    }
    known.called = true;
    const elements = node.children.filter((child) => child.type === "command_elements").flatMap((child) => child.children);
    for (const parameter of elements.filter((child) => child.type === "command_parameter")) {
      const given = parameter.text.toLowerCase().replace(/:$/, "");
      if (!known.parameters.includes(given) && !COMMON.includes(given)) found.push(`${place(parameter)}: ${name} has no ${parameter.text}`);
    }
  }
  const named = new Set(nodes.filter((node) => node.type === "verbatim_string_characters").map((node) => node.text.slice(1, -1).toLowerCase()));
  for (const [name, { called }] of declared) uses.set(name, uses.get(name) || called || named.has(name));
  return found;
}

// The checks themselves must be able to fail.
for (const [broken, said] of [
  ["if ($true) { Get-Date", "no PowerShell"], ["Set-PosternX -A 1", "not defined"],
  ["function Get-X { param([string]$A) $A }\nGet-X -B 1", "has no -B"],
]) {
  if (!problems(broken).some((problem) => problem.includes(said))) throw new Error(`nothing found in ${broken}`);
}

const scripts = readdirSync(folder).filter((name) => name.endsWith(".ps1"));
if (scripts.length < 3) throw new Error(`${scripts.length} scripts in ${folder}`);
let bad = 0;
const uses = new Map();
for (const name of scripts) {
  const text = readFileSync(join(folder, name), "utf8").replace(/^\uFEFF/, "");
  for (const problem of problems(text, uses)) {
    console.log(`${name}:${problem}`);
    bad++;
  }
}
for (const [name, used] of uses) {
  if (used) continue;
  console.log(`no script calls its function ${name}`);
  bad++;
}
console.log(`${scripts.length} scripts, ${bad} problems`);
process.exit(bad > 0 ? 1 : 0);
