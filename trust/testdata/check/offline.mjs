// Checks what needs no HPKE of ../offline.json against docs/protocol.md §7:
// codes, typed codes, the window with used steps, and who announced a
// seed. Prints [{ vector, want, got }] and fails if any differs.
import { createHmac, createPrivateKey, createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { decode } from './cbor.mjs';

const v = JSON.parse(readFileSync(new URL('../offline.json', import.meta.url), 'utf8'));
const results = [];
const bytes = (hex) => Buffer.from(hex, 'hex');
const is = (vector, want, got) => results.push({ vector, want: String(want), got: String(got) });

// code is HOTP (RFC 4226 §5.3) with HMAC-SHA-256 and eight digits.
function code(seed, step) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha256', seed).update(counter).digest();
  const at = mac[31] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 100000000).padStart(8, '0');
}

const stepAt = (time) => Math.floor(time / 30);

// parse reads what a person typed, or gives null.
function parse(typed) {
  const digits = typed.replace(/[ \u00a0-]/g, '');
  return /^[0-9]{8}$/.test(digits) ? digits : null;
}

// match gives the step that a typed code uses up, or 0.
function match(seed, typed, used, time) {
  let found = 0;
  for (let step = Math.max(0, stepAt(time) - 1); step <= stepAt(time) + 1; step++) {
    if (step > used && code(seed, step) === typed) found = step;
  }
  return found;
}

for (const c of v.codes) {
  is(`step at ${c.time}`, c.step, stepAt(c.time));
  is(`code at ${c.time}`, c.code, code(bytes(c.seed), c.step));
}
for (const c of v['typed codes']) is(`typed ${c.class}`, c.code, parse(c.text));
for (const c of v['refused typed codes']) is(`typed, ${c.class}`, null, parse(c.text));
for (const c of v.matches) is(`typed ${c.class}`, c.found, match(bytes(v.seed), c.typed, c.used, c.time));

// An Ed25519 key is a prefix and 32 bytes in DER (RFC 8410): the seed, or the public key.
const fromSeed = (seed) => createPublicKey(createPrivateKey({ key: Buffer.concat([bytes('302e020100300506032b657004220420'), bytes(seed)]), format: 'der', type: 'pkcs8' }));
const fromPublic = (key) => createPublicKey({ key: Buffer.concat([bytes('302a300506032b6570032100'), bytes(key)]), format: 'der', type: 'spki' });
const devices = { [v.device]: fromSeed(v['sign seed']), [v['other device'].device]: fromPublic(v['other device']['sign key']) };

// fields reads a map of exactly the keys 1 to n, or gives null.
function fields(raw, n) {
  const map = decode(raw);
  return map instanceof Map && map.size === n && Array.from({ length: n }, (_, i) => BigInt(i + 1)).every((k) => map.has(k)) ? map : null;
}

// announced gives the box of a credential that announces a seed, or null.
function announced(cred) {
  try {
    const c = fields(bytes(cred), 5);
    if (!c || c.get(2n) !== 'offline-code' || c.get(3n) !== v.verifier.id || !devices[c.get(4n)]) return null;
    const signed = fields(c.get(5n), 2);
    const input = Buffer.concat([Buffer.from('td/1 offline code\0'), signed.get(1n)]);
    if (signed.get(2n).length !== 64 || !verify(null, input, devices[c.get(4n)], signed.get(2n))) return null;
    const a = fields(signed.get(1n), 6);
    const hex = (key) => a.get(key).toString('hex');
    const fits = a.get(1n) === 1n && hex(2n) === v.account && hex(3n) === c.get(1n).toString('hex') && hex(4n) === c.get(4n) && hex(5n) === v.verifier.id;
    return fits ? { id: c.get(1n), box: a.get(6n).toString('hex') } : null;
  } catch {
    return null;
  }
}

const good = announced(v.credential);
is('box', v.box, good?.box);
is('box length', 1120 + 32 + 16, bytes(v.box).length);
is('info', v.info, Buffer.concat([Buffer.from('td/1 offline seed\0'), bytes(v.account), bytes(v.device), good.id]).toString('hex'));
for (const c of v['refused credentials']) is(`credential, ${c.class}`, null, announced(c.bytes)?.box ?? null);

console.log(JSON.stringify(results));
process.exitCode = results.every((r) => r.want === r.got) ? 0 : 1;
