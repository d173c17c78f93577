// A strict reader of deterministic CBOR (docs/protocol.md §2, RFC 8949 §4.2.1).
// It refuses while it reads, where the program encodes once more and compares:
// two ways to the same set of bytes.

export class Invalid extends Error {}

export function check(holds) {
  if (!holds) throw new Invalid('not valid');
}

const LONGEST = 65536, LEVELS = 8, ELEMENTS = 256n, PAIRS = 64n;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

// decode gives numbers as BigInt, bytes as Buffer, maps as Map.
export function decode(bytes) {
  check(bytes.length <= LONGEST);
  const reader = new Reader(bytes);
  const value = reader.item(0);
  check(reader.at === bytes.length);
  return value;
}

class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  take(n) {
    check(BigInt(n) <= BigInt(this.bytes.length - this.at));
    this.at += Number(n);
    return this.bytes.subarray(this.at - Number(n), this.at);
  }

  // head gives major type, low bits, and the number, which is in its shortest form.
  head() {
    const first = this.take(1)[0], major = first >> 5, low = first & 31;
    if (low < 24) return [major, low, BigInt(low)];
    check(low <= 27);
    const rest = this.take(1 << (low - 24));
    const n = BigInt('0x' + rest.toString('hex'));
    if (major !== 7) check(n >= [24n, 1n << 8n, 1n << 16n, 1n << 32n][low - 24]);
    return [major, low, n];
  }

  item(level) {
    const [major, low, n] = this.head();
    switch (major) {
      case 0: return n;
      case 1: return -1n - n;
      case 2: return this.take(n);
      case 3: return text(this.take(n));
      case 4: return this.array(n, level + 1);
      case 5: return this.map(n, level + 1);
      case 7: return simple(low, n);
    }
    throw new Invalid('tag');
  }

  array(n, level) {
    check(n <= ELEMENTS && level <= LEVELS);
    const all = [];
    for (let i = 0n; i < n; i++) all.push(this.item(level));
    return all;
  }

  // map wants keys in the order of their bytes, which also finds one that comes twice.
  map(n, level) {
    check(n <= PAIRS && level <= LEVELS);
    const all = new Map();
    let before = Buffer.alloc(0);
    for (let i = 0n; i < n; i++) {
      const start = this.at, key = this.item(level);
      const bytes = this.bytes.subarray(start, this.at);
      check(Buffer.compare(before, bytes) < 0 && !Array.isArray(key) && !(key instanceof Map));
      before = bytes;
      all.set(key, this.item(level));
    }
    return all;
  }
}

function text(bytes) {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new Invalid('text');
  }
}

// simple reads what no message of this version has, but a later one may.
function simple(low, n) {
  if (low === 20 || low === 21) return low === 21;
  if (low === 22) return null;
  if (low < 20) return { simple: low };
  if (low === 24) {
    check(n >= 32n);
    return { simple: Number(n) };
  }
  check(low >= 25);
  return float(low, n);
}

function float(low, n) {
  if (low === 25) {
    check((n & 0x7c00n) !== 0x7c00n || (n & 0x3ffn) === 0n || n === 0x7e00n);
    return { half: Number(n) };
  }
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, low === 26 ? n << 32n : n);
  const v = low === 26 ? view.getFloat32(0) : view.getFloat64(0);
  check(!fitsHalf(v) && (low === 26 || Math.fround(v) !== v));
  return { float: v };
}

function fitsHalf(v) {
  const size = Math.abs(v);
  if (size === 0 || !Number.isFinite(v)) return true;
  const step = 2 ** Math.max(Math.floor(Math.log2(size)) - 10, -24);
  return size <= 65504 && Number.isInteger(size / step);
}
