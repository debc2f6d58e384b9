// A holder's client: makes a device key, enrols it, and shows the card (docs/card-format.md).
import { webcrypto } from 'node:crypto'

const { subtle } = webcrypto
const utf8 = text => new TextEncoder().encode(text)
const ecdsa = { name: 'ECDSA', hash: 'SHA-256' }

function base45(bytes) {
  const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'
  let text = ''
  for (let at = 0; at < bytes.length; at += 2) {
    const pair = at + 1 < bytes.length
    let value = pair ? bytes[at] * 256 + bytes[at + 1] : bytes[at]
    for (let digit = 0; digit < (pair ? 3 : 2); ++digit) {
      text += alphabet[value % 45]
      value = Math.floor(value / 45)
    }
  }
  return text
}

function head(major, value) {
  if (value < 24) return [(major << 5) | value]
  if (value < 256) return [(major << 5) | 24, value]
  if (value < 65536) return [(major << 5) | 25, value >> 8, value & 255]
  return [(major << 5) | 26, (value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]
}

/** Enrols a new device key for the caller: { key, credential, status_uri, id }. */
export async function enrolled(client, name) {
  const { account_id } = await client.get('/api/v1/me')
  const pair = await subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])
  const { kty, crv, x, y } = await subtle.exportKey('jwk', pair.publicKey)
  const thumbprint = Buffer.from(await subtle.digest('SHA-256', utf8(JSON.stringify({ crv, kty, x, y })))).toString('base64url')
  const time = Math.floor(Date.now() / 1000)
  const proof = await subtle.sign(ecdsa, pair.privateKey, utf8(`educard/device-enrolment/1\n${account_id}\n${time}\n${thumbprint}`))
  const answer = await client.post('/api/v1/card/devices', { public_key: { kty, crv, x, y }, name, time, proof: Buffer.from(proof).toString('base64url') })
  return { ...answer, key: pair.privateKey, credential: Buffer.from(answer.credential, 'base64url') }
}

/** What the QR code says at that time (seconds since 1970). */
export async function present({ key, credential }, time = Math.floor(Date.now() / 1000)) {
  const message = new Uint8Array(68)
  message.set(utf8('educard/card-presentation/1'))
  message.set(new Uint8Array(await subtle.digest('SHA-256', credential)), 28)
  new DataView(message.buffer).setBigUint64(60, BigInt(time))
  const proof = new Uint8Array(await subtle.sign(ecdsa, key, message))
  return 'EDU1:' + base45(new Uint8Array([0x83, ...head(2, credential.length), ...credential, ...head(0, time), ...head(2, 64), ...proof]))
}
