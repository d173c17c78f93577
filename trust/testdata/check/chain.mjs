// A second implementation of the trust chain, written from docs/protocol.md, to
// find what the first one does but does not say. It runs on Node.js alone.
//
//   node chain.mjs                  checks ../encoding.json and ../chain.json
//   node chain.mjs --export <chain  opens a chain, one entry a line in hexadecimal
//   node chain.mjs --tries <tries   gives a verdict on each {after, entry} of a
//                                   JSON object {entries, tries}
//
// It prints one line of JSON; the exit status is 1 if something is not as it must be.

import { readFileSync } from 'node:fs';
import { Invalid, decode } from './cbor.mjs';
import { State, Unknown } from './state.mjs';

const hex = (text) => {
  if (!/^([0-9a-f]{2})*$/.test(text)) throw new Invalid('not hexadecimal');
  return Buffer.from(text, 'hex');
};

// verdict is "valid", "invalid" or "unknown"; anything else thrown is a mistake here.
function verdict(judge) {
  try {
    judge();
    return 'valid';
  } catch (refused) {
    if (refused instanceof Unknown) return 'unknown';
    if (refused instanceof Invalid) return 'invalid';
    throw refused;
  }
}

const attempt = (state, entry) => verdict(() => state.clone().apply(hex(entry)));

function open(entries) {
  const state = new State(), states = [state.clone()];
  for (const entry of entries) {
    state.apply(hex(entry));
    states.push(state.clone());
  }
  return states;
}

function checkEncoding(vectors) {
  const message = (text) => verdict(() => {
    const m = decode(hex(text));
    const fits = m instanceof Map && m.size === 2 && Buffer.isBuffer(m.get(1n)) && m.get(2n)?.length === 64;
    if (!fits || !Buffer.isBuffer(m.get(2n))) throw new Invalid('shape');
  });
  return [
    { vector: 'encoding: message', want: 'valid', got: message(vectors.message) },
    ...vectors.refused.map((r) => ({ vector: `encoding: ${r.class}`, want: 'invalid', got: message(r.bytes) })),
  ];
}

// seen is what chain.json tells of a state.
const seen = (state) => JSON.stringify({
  head: { seq: state.hashes.length - 1, hash: state.hashes.at(-1).toString('hex') },
  devices: state.devices.map((d) => d.get(2n)),
  verifiers: state.verifiers.map((v) => v.get(2n)),
  credentials: state.creds.map((c) => c.get(4n)),
  digits: Number(state.policy.get(1n)),
});

function checkChain(vectors) {
  const states = open(vectors.entries.map((e) => e.entry));
  const entries = vectors.entries.map((e, i) => {
    const want = JSON.stringify({
      head: e.head, devices: e.devices, verifiers: e.verifiers, credentials: e.credentials, digits: e.digits,
    });
    return { vector: `chain: ${e.does}`, want, got: seen(states[i + 1]) };
  });
  const tried = (vector, want, after, entry) => ({ vector, want, got: attempt(states[after], entry) });
  return [
    { vector: 'chain: account', want: vectors.account, got: states.at(-1).hashes[0].toString('hex') },
    ...entries,
    ...vectors.refused.map((r) => tried(`chain: ${r.class}`, r.error, r.after, r.entry)),
    tried('chain: fork.a', 'valid', vectors.fork.after, vectors.fork.a),
    tried('chain: fork.b', 'valid', vectors.fork.after, vectors.fork.b),
  ];
}

function checkVectors() {
  const file = (name) => JSON.parse(readFileSync(new URL(`../${name}.json`, import.meta.url)));
  const results = [...checkEncoding(file('encoding')), ...checkChain(file('chain'))];
  return { ok: results.every((r) => r.want === r.got), results };
}

function checkExport(text) {
  const entries = text.split('\n').filter((line) => line !== '');
  let state;
  const got = verdict(() => {
    if (entries.length === 0) throw new Invalid('no entries');
    state = open(entries).at(-1);
  });
  if (got !== 'valid') return { ok: false, refused: got };
  const { head } = JSON.parse(seen(state));
  const devices = state.devices.map((d) => ({ id: d.get(1n).toString('hex'), name: d.get(2n), kind: d.get(3n) }));
  return { ok: true, account: state.hashes[0].toString('hex'), head, devices };
}

function checkTries({ entries, tries }) {
  const states = open(entries);
  return { ok: true, verdicts: tries.map((t) => attempt(states[t.after], t.entry)) };
}

const stdin = () => readFileSync(0, 'utf8');
const modes = {
  undefined: checkVectors,
  '--export': () => checkExport(stdin()),
  '--tries': () => checkTries(JSON.parse(stdin())),
};
const { ok, ...result } = modes[process.argv[2]]();
console.log(JSON.stringify(process.argv[2] ? result : { ok, ...result }));
process.exitCode = ok ? 0 : 1;
