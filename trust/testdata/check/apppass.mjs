// Checks what needs no HPKE of ../apppass.json against docs/protocol.md §11: how app
// passwords are read, their hashes, their digests, and what a service's identifier is.
// Prints [{ vector, want, got }] and fails if any differs.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const v = JSON.parse(readFileSync(new URL('../apppass.json', import.meta.url), 'utf8'));
const results = [];
const bytes = (hex) => Buffer.from(hex, 'hex');
const is = (vector, want, got) => results.push({ vector, want: String(want), got: String(got) });
const hex = (name, ...parts) => createHash(name).update(Buffer.concat(parts.map((p) => (typeof p === 'string' ? Buffer.from(p) : p)))).digest('hex');

// canonical reads what was typed, or gives null.
function canonical(typed) {
  const text = typed.toLowerCase().replace(/[ -]/g, '').replace(/o/g, '0').replace(/[il]/g, '1');
  return /^[0-9abcdefghjkmnpqrstvwxyz]{24}$/.test(text) ? text : null;
}

for (const c of v.typed) is(`typed ${c.class}`, c.canonical, canonical(c.text));
for (const c of v['refused typed']) is(`typed, ${c.class}`, null, canonical(c.text));
for (const c of v.drawn) {
  const digits = '0123456789abcdefghjkmnpqrstvwxyz';
  is('drawn', c.canonical, [...bytes(c.random)].map((b) => digits[b & 31]).join(''));
  is('groups', c.groups.join(' '), c.canonical.match(/.{4}/g).join(' '));
}
for (const c of v.hashes) is(`hash ${c.class}`, c.hash, hex('sha256', 'td/1 app password\0', bytes(c.account), bytes(c.id), c.canonical));
for (const c of v.digests) {
  const text = `${c.name}:${c.realm}:${c.canonical}`;
  is('digest by MD5', c.md5, hex('md5', text));
  is('digest by SHA-256', c.sha256, hex('sha256', text));
}
for (const c of v.services) is(`service ${JSON.stringify(c.id)}`, c.valid, /^[a-z0-9][a-z0-9._:-]{0,63}$/.test(c.id));

console.log(JSON.stringify(results));
process.exit(results.every((r) => r.want === r.got) ? 0 : 1);
