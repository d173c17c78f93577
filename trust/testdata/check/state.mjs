// What a chain says (docs/protocol.md §4.2). A state is changed by apply, or
// spoilt by it if it throws: try entries on a clone.

import { createHash, createPublicKey, verify } from 'node:crypto';
import { check, decode } from './cbor.mjs';
import { checkCred, checkDevice, checkPolicy, checkRecovery, checkVerifier, isZero, read } from './record.mjs';

export class Unknown extends Error {}

const MOST = { devices: 32, verifiers: 32, 'app-password': 25, passkey: 32, 'offline-code': 32 };
const BY_RECOVERY = [1n, 2n, 3n, 7n];
const ZERO = Buffer.alloc(32);

export class State {
  hashes = [];
  devices = [];
  recoveries = [];
  verifiers = [];
  policy = undefined;
  creds = [];
  usedIDs = new Set();
  usedCreds = new Set();

  clone() {
    const copy = Object.assign(new State(), this);
    for (const list of ['hashes', 'devices', 'recoveries', 'verifiers', 'creds']) copy[list] = [...this[list]];
    copy.usedIDs = new Set(this.usedIDs);
    copy.usedCreds = new Set(this.usedCreds);
    return copy;
  }

  apply(raw) {
    const entry = read('entry', raw), body = readBody(entry.get(1n));
    this.follows(body);
    check(signed(this.author(body), 'td/1 chain entry', entry.get(1n), entry.get(2n)));
    const introduced = this.operate(body), possession = entry.get(3n);
    check((introduced === undefined) === (possession === undefined));
    if (introduced) check(signed(introduced, 'td/1 key possession', entry.get(1n), possession));
    this.hashes.push(hash('td/1 chain entry hash', raw));
  }

  follows(body) {
    const n = this.hashes.length;
    check(body.get(2n).equals(n ? this.hashes[0] : ZERO));
    check(body.get(3n) === BigInt(n));
    check(body.get(4n).equals(n ? this.hashes[n - 1] : ZERO));
    check((body.get(7n) === 0n) === (n === 0));
  }

  // author gives the key that must have signed.
  author(body) {
    if (body.has(9n)) {
      const key = this.recoveries.find((r) => r.get(1n) === body.get(9n));
      check(key && BY_RECOVERY.includes(body.get(7n)));
      return key.get(2n);
    }
    const among = body.get(7n) === 0n ? [read('genesis', body.get(8n)).get(2n)] : this.devices;
    const device = among.find((d) => d.get(1n).equals(body.get(6n)));
    check(device);
    return device.get(4n);
  }

  // operate gives the key that has to prove possession, if any.
  operate(body) {
    const arg = body.get(8n);
    switch (body.get(7n)) {
      case 0n: return this.begin(read('genesis', arg));
      case 1n: return this.addDevice(read('device', arg));
      case 2n: return this.removeDevice(read('id', arg));
      case 3n: return this.setRecovery(read('recovery', arg));
      case 4n: return this.setVerifier(read('verifier', arg));
      case 5n: return this.setPolicy(read('policy', arg));
      case 6n: return this.addCred(read('cred', arg));
      case 7n: return this.revoke(read('id', arg));
    }
    throw new Unknown();
  }

  begin(genesis) {
    this.setPolicy(genesis.get(4n));
    this.addDevice(genesis.get(2n));
    this.setVerifier(genesis.get(3n));
  }

  addDevice(device) {
    checkDevice(device);
    const id = device.get(1n).toString('hex');
    check(this.devices.length < MOST.devices && !this.usedIDs.has(id));
    this.free(device.get(4n), device.get(5n));
    this.devices.push(device);
    this.usedIDs.add(id);
    return device.get(4n);
  }

  removeDevice(id) {
    const rest = this.devices.filter((d) => !d.get(1n).equals(id));
    check(rest.length === this.devices.length - 1 && rest.length > 0);
    this.devices = rest;
  }

  setRecovery(key) {
    checkRecovery(key);
    this.free(key.get(2n), key.get(3n));
    this.recoveries = this.recoveries.filter((r) => r.get(1n) !== key.get(1n)).concat([key]);
    return key.get(2n);
  }

  setVerifier(v) {
    checkVerifier(v);
    const at = this.verifiers.findIndex((old) => old.get(1n).equals(v.get(1n)));
    this.free(v.get(3n), v.get(4n), this.verifiers[at]);
    check(at >= 0 || this.verifiers.length < MOST.verifiers);
    this.verifiers.splice(at < 0 ? this.verifiers.length : at, at < 0 ? 0 : 1, v);
  }

  setPolicy(policy) {
    checkPolicy(policy);
    this.policy = policy;
  }

  addCred(cred) {
    checkCred(cred);
    const id = cred.get(1n).toString('hex'), kind = cred.get(2n);
    check(!this.usedCreds.has(id) && this.creds.filter((c) => c.get(2n) === kind).length < MOST[kind]);
    this.creds.push(cred);
    this.usedCreds.add(id);
  }

  revoke(id) {
    const all = isZero(id);
    const rest = this.creds.filter((c) => (all ? c.get(2n) !== 'app-password' : !c.get(1n).equals(id)));
    check(all || rest.length < this.creds.length);
    this.creds = rest;
  }

  // free wants that nobody but the holder except has one of the keys.
  free(sign, kem, except) {
    const pairs = [
      ...this.devices.map((d) => [d.get(4n), d.get(5n)]),
      ...this.recoveries.map((r) => [r.get(2n), r.get(3n)]),
      ...this.verifiers.filter((v) => v !== except).map((v) => [v.get(3n), v.get(4n)]),
    ];
    check(!pairs.some(([s, k]) => s.equals(sign) || k.equals(kem)));
  }
}

function readBody(raw) {
  let body;
  try {
    body = read('body', raw);
  } catch (refused) {
    if (isLater(raw)) throw new Unknown();
    throw refused;
  }
  if (body.get(1n) > 1n || body.get(7n) > 7n) throw new Unknown();
  check(body.get(1n) === 1n && isZero(body.get(6n)) === body.has(9n));
  return body;
}

// isLater throws what decode throws: what is not canonical is of no version.
function isLater(raw) {
  const fields = decode(raw);
  return fields instanceof Map && [...fields.keys()].every((k) => typeof k === 'bigint' && k >= 0n)
    && typeof fields.get(1n) === 'bigint' && fields.get(1n) > 1n;
}

const under = (context, bytes) => Buffer.concat([Buffer.from(context + '\0'), bytes]);

const hash = (context, bytes) => createHash('sha256').update(under(context, bytes)).digest();

const SPKI = Buffer.from('302a300506032b6570032100', 'hex'); // what stands before a raw Ed25519 key

function signed(key, context, bytes, sig) {
  const spki = createPublicKey({ key: Buffer.concat([SPKI, key]), format: 'der', type: 'spki' });
  return verify(null, under(context, bytes), spki, sig);
}
