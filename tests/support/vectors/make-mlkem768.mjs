// SPDX-License-Identifier: GPL-2.0-or-later
// Makes mlkem_768_*.json with an implementation of ML-KEM-768 that shares nothing with ours.
//
//   make-mlkem768.mjs TO       in a folder with the npm package @noble/post-quantum 0.7.1
//
// Seeds and messages are SHAKE256 of a name, so that the files can be made again. What that
// implementation refuses is written as invalid.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { ml_kem768 as kem } from '@noble/post-quantum/ml-kem.js';

const Q = 3329;
const octets = (name, length) =>
  new Uint8Array(createHash('shake256', { outputLength: length }).update(name).digest());
const hex = (bytes) => Buffer.from(bytes).toString('hex');
const keys = (n) => {
  const seed = octets(`seed ${n}`, 64);
  return { seed, ...kem.keygen(seed) };
};
const flip = (bytes, bit) => {
  const other = bytes.slice();
  other[bit >> 3] ^= 1 << (bit & 7);
  return other;
};
// the public key with its nth coefficient of 12 bits set
const withCoefficient = (key, n, value) => {
  const other = key.slice(), at = (n >> 1) * 3;
  let pair = other[at] | (other[at + 1] << 8) | (other[at + 2] << 16);
  pair = n & 1 ? (pair & 0xfff) | (value << 12) : (pair & 0xfff000) | value;
  [other[at], other[at + 1], other[at + 2]] = [pair & 0xff, (pair >> 8) & 0xff, pair >> 16];
  return other;
};
const attempt = (comment, input, compute) => {
  const fields = Object.fromEntries(Object.entries(input).map(([name, value]) => [name, hex(value)]));
  let output;
  try {
    output = compute();
  } catch {
    return { result: 'invalid', comment, ...fields };
  }
  return { result: 'valid', comment, ...fields, ...output };
};

const keygen = [], encaps = [], decaps = [], expanded = [];
for (let n = 0; n < 10; n++) {
  const { seed, publicKey, secretKey } = keys(n);
  keygen.push(attempt('', { seed }, () => ({ ek: hex(publicKey), dk: hex(secretKey) })));
}
const encapsulate = (comment, ek, m) =>
  encaps.push(attempt(comment, { ek, m }, () => {
    const { cipherText, sharedSecret } = kem.encapsulate(ek, m);
    return { c: hex(cipherText), K: hex(sharedSecret) };
  }));
for (let n = 0; n < 20; n++)
  encapsulate('', keys(n).publicKey, octets(`message ${n}`, 32));
for (const [n, value] of [[0, Q], [1, Q], [255, 4095], [256, Q], [766, Q + 1], [767, Q], [767, 4095]])
  encapsulate(`coefficient ${n} is ${value}`, withCoefficient(keys(n).publicKey, n, value), octets('m', 32));
for (const n of [0, 767])
  encapsulate(`coefficient ${n} is q - 1`, withCoefficient(keys(n).publicKey, n, Q - 1), octets('m', 32));
encapsulate('a key that is too short', keys(0).publicKey.slice(1), octets('m', 32));
encapsulate('a key that is too long', new Uint8Array(1185), octets('m', 32));

const decapsulate = (comment, { seed, secretKey }, c) =>
  decaps.push(attempt(comment, { seed, c }, () => ({ K: hex(kem.decapsulate(c, secretKey)) })));
for (let n = 0; n < 10; n++) {
  const pair = keys(n), { cipherText } = kem.encapsulate(pair.publicKey, octets(`message ${n}`, 32));
  decapsulate('', pair, cipherText);
  decapsulate('one bit is another', pair, flip(cipherText, (n * 967) % (8 * 1088)));
  decapsulate('a false ciphertext', pair, octets(`ciphertext ${n}`, 1088));
}
decapsulate('all zeros', keys(0), new Uint8Array(1088));
decapsulate('all ones', keys(0), new Uint8Array(1088).fill(0xff));
decapsulate('a ciphertext that is too short', keys(0), new Uint8Array(1087));
decapsulate('a ciphertext that is too long', keys(0), new Uint8Array(1089));
decapsulate('no ciphertext', keys(0), new Uint8Array(0));

const decapsulateExpanded = (comment, dk, c) =>
  expanded.push(attempt(comment, { dk, c }, () => ({ K: hex(kem.decapsulate(c, dk)) })));
for (let n = 0; n < 5; n++) {
  const { publicKey, secretKey } = keys(n);
  const { cipherText } = kem.encapsulate(publicKey, octets(`message ${n}`, 32));
  decapsulateExpanded('', secretKey, cipherText);
  decapsulateExpanded('another z', flip(secretKey, 8 * 2399), cipherText);
  decapsulateExpanded('another private part', flip(secretKey, 3), cipherText);
  decapsulateExpanded('another public part', flip(secretKey, 8 * (1152 + 200 * n)), cipherText);
  decapsulateExpanded('another hash', flip(secretKey, 8 * (2336 + n)), cipherText);
}

const to = process.argv[2];
for (const [name, cases] of Object.entries({
  mlkem_768_keygen_seed: keygen, mlkem_768_encaps: encaps, mlkem_768: decaps,
  mlkem_768_semi_expanded_decaps: expanded,
})) {
  const lines = cases.map((one, n) => JSON.stringify({ id: n + 1, ...one }));
  writeFileSync(`${to}/${name}.json`, `[\n{"head": {}, "cases": [\n${lines.join(',\n')}\n]}\n]\n`);
}
