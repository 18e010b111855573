// Reads texts (a list in JSON, on standard input) with the TextMate grammar, as an editor does.
// textmate.mjs MODULES GRAMMAR: for each text, a list of [start, end, innermost scope].
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const [modules, grammarFile] = process.argv.slice(2);
const require = createRequire(modules + "/");
const { Registry, INITIAL, parseRawGrammar } = require("vscode-textmate");
const oniguruma = require("vscode-oniguruma");
await oniguruma.loadWASM(readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm")).buffer);
const registry = new Registry({
  onigLib: Promise.resolve({
    createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
    createOnigString: (text) => new oniguruma.OnigString(text),
  }),
  loadGrammar: async () => parseRawGrammar(readFileSync(grammarFile, "utf-8"), grammarFile),
});
const grammar = await registry.loadGrammar("source.flow");
const found = [];
for (const text of JSON.parse(readFileSync(0, "utf-8"))) {
  const tokens = [];
  let stack = INITIAL;
  let at = 0;
  for (const line of text.split("\n")) {
    const read = grammar.tokenizeLine(line, stack);
    for (const { startIndex, endIndex, scopes } of read.tokens) {
      tokens.push([at + startIndex, at + Math.min(endIndex, line.length), scopes[scopes.length - 1]]);
    }
    stack = read.ruleStack;
    at += line.length + 1;
  }
  found.push(tokens);
}
process.stdout.write(JSON.stringify(found));
