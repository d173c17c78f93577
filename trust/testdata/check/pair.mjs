// Checks what needs no HPKE of ../pair.json against docs/protocol.md §9: offer,
// fingerprint, commitment, digits, welcome info, and the form of what is refused.
// Prints [{ vector, want, got }] and fails if any differs.
import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { decode } from './cbor.mjs';

const v = JSON.parse(readFileSync(new URL('../pair.json', import.meta.url), 'utf8'));
const results = [];
const bytes = (hex) => Buffer.from(hex, 'hex');
const is = (vector, want, got) => results.push({ vector, want: String(want), got: String(got) });
const hash = (context, ...parts) => createHash('sha256').update(context + '\0').update(Buffer.concat(parts)).digest();

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

// base32 gives the symbols of bytes, the last filled up with zero bits.
function base32(raw) {
  const bits = [...raw].map((b) => b.toString(2).padStart(8, '0')).join('');
  return bits.match(/.{1,5}/g).map((five) => alphabet[parseInt(five.padEnd(5, '0'), 2)]).join('');
}

// parseOffer gives symbols and fingerprint, or null.
function parseOffer(text) {
  const parts = /^1\.([0-9a-hjkmnp-tv-z]{8})\.([0-9a-hjkmnp-tv-z]{26})$/i.exec(text);
  if (!parts || /[^\x20-\x7e]/.test(text)) return null;
  const bits = [...parts[2].toUpperCase()].map((c) => alphabet.indexOf(c).toString(2).padStart(5, '0')).join('');
  if (bits.slice(128) !== '00') return null;
  const print = Buffer.from(bits.slice(0, 128).match(/.{8}/g).map((b) => parseInt(b, 2)));
  return { symbols: parts[1].toUpperCase(), print: print.toString('hex') };
}

// parseSymbols reads what a person typed, or gives null.
function parseSymbols(text) {
  const typed = text.replace(/[a-z]/g, (c) => c.toUpperCase()).replace(/[ -]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  return typed.length === 8 && [...typed].every((c) => alphabet.includes(c)) ? typed : null;
}

// fields reads a map of exactly the keys 1 to n, or gives null.
function fields(raw, n) {
  try {
    const map = decode(raw);
    return map instanceof Map && map.size === n && Array.from({ length: n }, (_, i) => BigInt(i + 1)).every((k) => map.has(k)) ? map : null;
  } catch {
    return null;
  }
}

function readHello(raw) {
  const hello = raw.length <= 8192 && fields(raw, 3);
  if (!hello || hello.get(1n) !== 1n || hello.get(2n).length !== 1216 || hello.get(3n).length !== 32) return null;
  const key = hello.get(2n);
  for (let i = 0; i < 1152; i += 3) {
    if ((key[i] | (key[i + 1] & 15) << 8) >= 3329 || (key[i + 1] >> 4 | key[i + 2] << 4) >= 3329) return null;
  }
  return hello;
}

const size = (field) => {
  const n = Buffer.alloc(8);
  n.writeBigUInt64BE(BigInt(field.length));
  return n;
};
const digits = (...all) => (hash('td/1 pair sas', ...all.flatMap((f) => [size(f), f])).readBigUInt64BE() % 1000000n).toString().padStart(6, '0');
const word = (accepted) => (accepted ? 'accepted' : 'refused');

const hello = bytes(v.hello), join = bytes(v.join), reveal = bytes(v.reveal), nonce = bytes(v.guest.nonce), exported = bytes(v.export);
const print = hash('td/1 pair hello', hello).subarray(0, 16);
is('fingerprint', v.fingerprint, print.toString('hex'));
is('offer', v.offer, `1.${v.symbols}.${base32(print)}`);
is('offer, read', JSON.stringify({ symbols: v.symbols, print: v.fingerprint }), JSON.stringify(parseOffer(v.offer.toLowerCase())));
is('symbols, read', v.symbols, parseSymbols(v.symbols.toLowerCase().replace(/(....)/, '$1 ')));
is('reveal', v.host.nonce, v.reveal);
is('commitment', readHello(hello).get(3n).toString('hex'), hash('td/1 pair commit', reveal).toString('hex'));
is('join', 'enc of 1120 bytes', `enc of ${fields(join, 2).get(1n).length} bytes`);
is('nonce in the join', v.guest.nonce, fields(bytes(v['join plain']), 2).get(2n).toString('hex'));
is('digits', v.digits, digits(hello, join, reveal, nonce, exported));
is('welcome info', v['welcome info'], hash('td/1 pair welcome', hello, join, reveal, exported).toString('hex'));

const welcome = fields(bytes(v['welcome plain']), 5);
is('body in the welcome', v.body, welcome.get(4n).toString('hex'));
is('argument of the body', v.guest.device, decode(welcome.get(4n)).get(8n).toString('hex'));
is('account of the body', welcome.get(1n).toString('hex'), decode(welcome.get(4n)).get(2n).toString('hex'));

// An Ed25519 private key is this prefix and its seed in DER (RFC 8410).
const key = createPrivateKey({ key: Buffer.concat([bytes('302e020100300506032b657004220420'), bytes(v.guest['sign seed'])]), format: 'der', type: 'pkcs8' });
const possession = (body) => Buffer.concat([Buffer.from('td/1 key possession\0'), body]);
is('consent', v.consent, Buffer.concat([bytes('a1015840'), sign(null, possession(bytes(v.body)), key)]).toString('hex'));

const consents = (raw) => {
  const consent = fields(raw, 1);
  return consent && consent.get(1n).length === 64 && verify(null, possession(bytes(v.body)), createPublicKey(key), consent.get(1n));
};
const lists = {
  offers: (c) => parseOffer(c.text),
  symbols: (c) => parseSymbols(c.text),
  digits: (c) => c.text === v.digits,
  hellos: (c) => readHello(bytes(c.bytes)),
  reveals: (c) => bytes(c.bytes).length === 32 && hash('td/1 pair commit', bytes(c.bytes)).equals(readHello(hello).get(3n)),
  consents: (c) => consents(bytes(c.bytes)),
};
for (const [name, accepts] of Object.entries(lists)) {
  for (const c of v['refused ' + name]) is(`${name}, ${c.class}`, 'refused', word(accepts(c)));
}

console.log(JSON.stringify(results));
process.exitCode = results.every((r) => r.want === r.got) ? 0 : 1;
