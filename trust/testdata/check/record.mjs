// What the objects of docs/protocol.md §4.1 look like.

import { check, decode } from './cbor.mjs';

const uint = (v) => typeof v === 'bigint' && v >= 0n;
const text = (v) => typeof v === 'string';
const bytes = (v) => Buffer.isBuffer(v);
const sized = (n) => (v) => bytes(v) && v.length === n;
const id = sized(16), hash = sized(32), sig = sized(64), kem = sized(1216);

// object is a map of exactly the fields of must, and of some of may.
const object = (must, may = {}) => (v) => v instanceof Map
  && Object.entries(must).every(([key, fits]) => fits(v.get(BigInt(key))))
  && [...v].every(([key, item]) => typeof key === 'bigint' && (must[key] || may[key]?.(item)));

const device = object({ 1: id, 2: text, 3: text, 4: hash, 5: kem });
const verifier = object({ 1: id, 2: text, 3: hash, 4: kem });
const policy = object({ 1: uint, 2: uint, 3: uint, 4: uint });

const shapes = {
  entry: object({ 1: bytes, 2: sig }, { 3: sig }),
  body: object({ 1: uint, 2: hash, 3: uint, 4: hash, 5: uint, 6: id, 7: uint, 8: bytes }, { 9: uint }),
  genesis: object({ 1: id, 2: device, 3: verifier, 4: policy }),
  device,
  verifier,
  policy,
  recovery: object({ 1: uint, 2: hash, 3: kem }),
  cred: object(
    { 1: id, 2: text, 3: text, 4: text, 5: bytes },
    { 6: (v) => bytes(v) && v.length > 0, 7: (v) => uint(v) && v > 0n },
  ),
  id,
};

// read gives an object of the named shape. Maps without a field give undefined for it.
export function read(name, raw) {
  const value = decode(raw);
  check(shapes[name](value));
  return value;
}

export const isZero = (b) => b.every((v) => v === 0);

// The rules below are those of a record by itself, whatever the account holds.

export function checkDevice(d) {
  check(!isZero(d.get(1n)) && isName(d.get(2n)) && isKEM(d.get(5n)));
  check(['phone', 'laptop', 'desktop', 'tablet', 'terminal'].includes(d.get(3n)));
}

export function checkRecovery(r) {
  check(r.get(1n) <= 1n && isKEM(r.get(3n)));
}

export function checkVerifier(v) {
  const origin = v.get(2n), length = Buffer.byteLength(origin);
  check(!isZero(v.get(1n)) && length >= 1 && length <= 255 && isKEM(v.get(4n)));
  check(isPrintable(origin) && !origin.includes(' '));
}

export function checkPolicy(p) {
  check([4n, 6n].includes(p.get(1n)) && p.get(2n) <= 168n && p.get(3n) <= 8760n && p.get(4n) <= 2n);
}

export function checkCred(c) {
  const kind = c.get(2n), length = c.get(5n).length;
  check(!isZero(c.get(1n)) && isName(c.get(3n)) && isName(c.get(4n)) && (c.get(6n)?.length ?? 0) <= 8192);
  check(['app-password', 'passkey', 'offline-code'].includes(kind));
  check(kind === 'app-password' ? length === 32 : length >= 1 && length <= 2048);
}

function isName(s) {
  const length = Buffer.byteLength(s);
  return length >= 1 && length <= 64 && isPrintable(s) && !s.startsWith(' ') && !s.endsWith(' ');
}

const isPrintable = (s) => /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u.test(s)
  && !/[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0]/u.test(s);

// isKEM looks at the coefficients of the ML-KEM part: 768 of 12 bits each, two in
// three bytes, the lower bits first. Any 32 bytes are an X25519 key.
function isKEM(key) {
  for (let i = 0; i < 1152; i += 3) {
    const both = key.readUIntLE(i, 3);
    if ((both & 0xfff) >= 3329 || both >> 12 >= 3329) return false;
  }
  return true;
}

