/* Tells which declarations mean nothing. In: [[property, value], …] as JSON. Out: the names of all properties, and for each
   declaration null or what is wrong: its kind (property, value, sum, syntax), the word, the words that may stand there, the grammar. */
import { text } from "node:stream/consumers";
import { definitionSyntax, lexer, parse, walk } from "css-tree";

const asked = JSON.parse(await text(process.stdin));
const wrong = asked.map(([name, value]) => look(name, value));
console.log(JSON.stringify({ properties: Object.keys(lexer.properties), wrong }));

function look(name, value) {
  if (!lexer.getProperty(name)) return { kind: "property", word: name, words: [] };
  let tree;
  try {
    tree = parse(value, { context: "value", positions: true });
  } catch ({ message }) {
    return { kind: "syntax", word: "", words: [], message };
  }
  const { error } = lexer.matchProperty(name, tree);
  if (error) {
    const word = /^[^\s,()/]*/.exec(error.css?.slice(error.mismatchOffset) ?? "")[0];
    const { syntax } = lexer.getProperty(name);
    return { kind: "value", word, words: [...keywords(syntax)], takes: definitionSyntax.generate(syntax) };
  }
  let sum = null;
  walk(tree, (node) => {
    if (node.type === "Function" && /^(calc|min|max|clamp)$/.test(node.name)) sum ??= mixed(node.children.toArray(), value);
  });
  return sum && { kind: "sum", word: sum, words: [] };
}

/* The sum in which a plain number is added to something with a unit; null if there is none. */
function mixed(nodes, value) {
  let [sum, term] = [[], null]; // terms so far: [kind, begin, end]
  for (const node of [...nodes, { type: "Operator", value: "," }]) {
    const operator = node.type === "Operator" && node.value.trim();
    if (operator === "*" || operator === "/") continue;
    if (operator) {
      if (term) sum.push(term);
      term = null;
      if (operator === "+" || operator === "-") continue;
      const odd = sum.findIndex(([kind]) => kind !== sum[0][0]);
      if (odd > 0) return value.slice(sum[0][1], sum[odd][2]);
      sum = [];
      continue;
    }
    const inner = node.type === "Parentheses" && mixed(node.children.toArray(), value);
    if (inner) return inner;
    const [kind, { start, end }] = [kindOf(node), node.loc];
    if (!kind) return null; // what cannot be told
    term = term ? [term[0] === "unit" ? "unit" : kind, term[1], end.offset] : [kind, start.offset, end.offset];
  }
  return null;
}

function kindOf(node) {
  if (node.type === "Number") return "number";
  if (node.type === "Dimension" || node.type === "Percentage") return "unit";
  if (node.type === "Parentheses" || node.type === "Function") {
    const kinds = node.children.toArray().map(kindOf).filter(Boolean);
    return kinds.includes("unit") ? "unit" : (kinds[0] ?? "");
  }
  return "";
}

function keywords(syntax, found = new Set(), seen = new Set()) {
  if (syntax)
    definitionSyntax.walk(syntax, ({ type, name }) => {
      if (type === "Keyword") found.add(name);
      if (!["Type", "Property"].includes(type) || seen.has(type + name)) return;
      seen.add(type + name);
      keywords((type === "Type" ? lexer.getType(name) : lexer.getProperty(name))?.syntax, found, seen);
    });
  return found;
}
