// SPDX-License-Identifier: MPL-2.0
// Renders random templates here and with Node's json-e; both must agree in value,
// or both fail.
//
//   node differential.js RENDER_LINES [COUNT [SEED]]
//
// NODE_PATH must lead to json-e 4.8.4.
'use strict';
const {spawnSync} = require('child_process');
const jsone = require('json-e');

const [binary, countText = '10000', seedText = '1'] = process.argv.slice(2);
const count = Number(countText);

// mulberry32: small, seeded, the same on every machine.
let state = Number(seedText) >>> 0;
function random() {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = state;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const below = n => Math.floor(random() * n);
const pick = list => list[below(list.length)];
const chance = p => random() < p;

const names = ['a', 'b', 'c', 'num', 'text', 'list', 'object', 'nothing', 'yes'];
const words = ['', 'x', 'abc', 'Hello World', 'ünï', '😀é', ' pad ', '12', '-3.5', 'a,b,c', '2 days', 'key'];
const numbers = [0, 1, 2, 3, 7, -1, -4, 0.5, 2.25, 10, 100];

function value(depth) {
  switch (below(depth > 0 ? 7 : 5)) {
    case 0: return pick(numbers);
    case 1: return pick(words);
    case 2: return chance(0.5);
    case 3: return null;
    case 4: return pick(numbers);
    case 5: return Array.from({length: below(4)}, () => value(depth - 1));
    default: {
      const object = {};
      for (let i = below(4); i > 0; --i) object[pick(['a', 'b', 'k', 'key', 'x y'])] = value(depth - 1);
      return object;
    }
  }
}

const binary_operators = ['+', '-', '*', '/', '**', '==', '!=', '<', '<=', '>', '>=', '&&', '||', 'in'];
const functions = ['min', 'max', 'sqrt', 'ceil', 'floor', 'abs', 'lowercase', 'uppercase', 'str', 'len',
  'strip', 'rstrip', 'lstrip', 'split', 'join', 'range', 'typeof', 'defined', 'fromNow'];

const bounds = ['', '0', '1', '2', '-1', '-2', '9'];

function expression(depth) {
  if (depth <= 0) {
    switch (below(5)) {
      case 0: return String(pick(numbers.filter(n => n >= 0)));
      case 1: return `'${pick(words)}'`;
      case 2: return pick(['true', 'false', 'null']);
      default: return pick(names);
    }
  }
  const inner = () => expression(depth - 1 - below(2));
  switch (below(13)) {
    case 0: case 1: case 2: return `${inner()} ${pick(binary_operators)} ${inner()}`;
    case 3: return `(${inner()})`;
    case 4: return `${pick(['-', '+', '!'])}${inner()}`;
    case 5: return `[${Array.from({length: below(4)}, inner).join(', ')}]`;
    case 6: return `{${Array.from({length: below(3)}, () => `${pick(['a', 'k', "'x y'"])}: ${inner()}`).join(', ')}}`;
    case 7: return `${inner()}[${inner()}]`;
    // Node clamps some bounds before it looks whether they are integers.
    case 8: return `${inner()}[${pick(bounds)}:${pick(bounds)}]`;
    case 9: return `${inner()}.${pick(['a', 'b', 'k', 'key'])}`;
    case 10: return `number('${pick(['12', '-3.5', ' 7 ', '1e3', '0x1F', ''])}')`;  // Node goes on with NaN
    default: return `${pick(functions)}(${Array.from({length: 1 + below(2)}, inner).join(', ')})`;
  }
}

// Now and then a broken one.
function anyExpression(depth) {
  const text = expression(depth);
  if (!chance(0.03)) return text;
  const characters = Array.from(text);
  characters.splice(below(characters.length + 1), 0, pick(['(', ')', '[', ',', '}', ' 1', '"', '&']));
  return characters.join('');
}

function text() {
  let result = '';
  for (let i = 1 + below(3); i > 0; --i) {
    result += chance(0.4) ? pick(words) : chance(0.1) ? '$${x}' : '${' + anyExpression(below(3)) + '}';
  }
  return result;
}

function template(depth) {
  if (depth <= 0) return chance(0.4) ? value(0) : chance(0.5) ? text() : {$eval: anyExpression(2)};
  const inner = () => template(depth - 1 - below(2));
  const list = () => (chance(0.3) ? {$eval: pick(['list', 'range(0, 4)', '[1, 2, 3]', anyExpression(2)])}
    : Array.from({length: below(4)}, inner));
  const objects = () => Array.from({length: below(3)}, () => ({[pick(['a', 'b', 'k'])]: inner()}));
  switch (below(18)) {
    case 0: case 1: {
      const object = {};
      for (let i = below(4); i > 0; --i) object[chance(0.7) ? pick(['a', 'b', 'k', '$$x']) : text()] = inner();
      return object;
    }
    case 2: return Array.from({length: below(4)}, inner);
    case 3: return {$eval: anyExpression(3)};
    case 4: case 5: {
      const object = {$if: anyExpression(2)};
      if (chance(0.8)) object.then = inner();
      if (chance(0.6)) object.else = inner();
      return object;
    }
    case 6: return {$let: {[pick(names)]: inner(), [pick(names)]: inner()}, in: inner()};
    case 7: return {$map: chance(0.8) ? list() : {$eval: 'object'}, [pick(['each(a)', 'each(b, c)', 'each(a,b)'])]: inner()};
    case 8: return {$reduce: list(), initial: pick([0, '', [], {}]), [pick(['each(a, b)', 'each(a, b, c)'])]: inner()};
    case 9: return {$find: list(), 'each(a)': anyExpression(2)};
    case 10: return {$match: {[anyExpression(1)]: inner(), [anyExpression(1)]: inner()}};
    case 11: return {$switch: {[anyExpression(1)]: inner(), [anyExpression(1)]: inner(), $default: inner()}};
    case 12: return {$flatten: list()};
    case 13: return {$flattenDeep: list()};
    case 14: return {[pick(['$merge', '$mergeDeep'])]: objects()};
    case 15: return {$sort: list(), ...(chance(0.4) ? {'by(a)': anyExpression(1)} : {})};
    // Of a new list: Node reverses a variable's own.
    case 16: return {$reverse: Array.from({length: below(4)}, inner)};
    default: return {$json: inner()};
  }
}

// Where Node's json-e goes on with NaN or "[object Object]", ours is an error.
function strict(name, call, good) {
  return (...args) => {
    const result = call(...args);
    if (!good(result, ...args)) throw new Error(`${name} of ${args}`);
    return result;
  };
}
const hasObject = v => v !== null && typeof v === 'object' && (!Array.isArray(v) || v.some(hasObject));
const builtin = (name, count) => (...args) => {
  if (args.length !== count) throw new Error(`${name} of ${args.length} arguments`);
  return jsone({$eval: `${name}(${args.map((_, i) => `v${i}`).join(', ')})`},
    Object.fromEntries(args.map((v, i) => [`v${i}`, v])));
};
const strictFunctions = {
  number: strict('number', builtin('number', 1), n => !Number.isNaN(n)),
  sqrt: strict('sqrt', builtin('sqrt', 1), n => !Number.isNaN(n)),
  join: strict('join', builtin('join', 2), (_, list) => !list.some(hasObject)),
};

const isFinite = v => (typeof v === 'number' ? Number.isFinite(v)
  : v === null || typeof v !== 'object' ? true : Object.values(v).every(isFinite));

function agree(a, b) {
  if (typeof a === 'number' && typeof b === 'number') {
    return a === b || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
  }
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length
    && keys.every(k => Object.prototype.hasOwnProperty.call(b, k) && agree(a[k], b[k]));
}

const cases = [];
for (let i = 0; i < count; ++i) {
  const context = {now: '2020-02-29T12:00:00.000Z', num: pick(numbers), text: pick(words), list: [1, 'two', null],
    object: {a: 1, key: 'k', b: [2]}, nothing: null, yes: true, a: value(2), b: value(2), c: value(1)};
  cases.push({template: template(3), context});
}
const child = spawnSync(binary, {input: cases.map(c => JSON.stringify(c)).join('\n') + '\n', maxBuffer: 1 << 30});
if (child.status !== 0) {
  console.error(`${binary} ended with ${child.status} ${child.signal}: ${child.stderr}`);
  process.exit(1);
}
const answers = child.stdout.toString().trim().split('\n').map(line => JSON.parse(line));

let failed = 0;
let values = 0;
cases.forEach(({template: document, context}, i) => {
  let node;
  try {
    const result = jsone(document, {...strictFunctions, ...context});
    node = isFinite(result) ? {result: JSON.parse(JSON.stringify(result))} : {error: 'not finite'};
  } catch (error) {
    node = {error: String(error)};
  }
  const here = answers[i];
  const both = 'result' in node && 'result' in here;
  if (both) ++values;
  // Node goes on with Infinity, as of 0 ** -1.
  if ('error' in here && here.error.includes('not a finite number')) return;
  if (both ? agree(node.result, here.result) : 'error' in node && 'error' in here) return;
  if (++failed <= 10) console.log(JSON.stringify({case: i, template: document, context, node, here}));
});
console.log(`json-e differential: ${count - failed}/${count} agree (${values} values, seed ${seedText})`);
process.exit(failed === 0 ? 0 : 1);
