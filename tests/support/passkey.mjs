// An authenticator in a program (Web Authentication Level 3): makes passkeys and answers with them; `with` changes what an honest one says.
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'

const base64url = octets => Buffer.from(octets).toString('base64url')
const sha256 = octets => createHash('sha256').update(octets).digest()

function head(major, number) {
  if (number < 24) return Buffer.from([major << 5 | number])
  return number < 256 ? Buffer.from([major << 5 | 24, number]) : Buffer.from([major << 5 | 25, number >> 8, number & 255])
}

/** CBOR (RFC 8949) of numbers, octets, texts and maps. */
export function cbor(value) {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value)
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value])
  return Buffer.concat([head(5, value.length), ...value.flat().map(cbor)])
}

const kinds = {
  '-7': { make: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }), hash: 'sha256', cose: jwk => [[1, 2], [3, -7], [-1, 1], [-2, Buffer.from(jwk.x, 'base64url')], [-3, Buffer.from(jwk.y, 'base64url')]] },
  '-8': { make: () => generateKeyPairSync('ed25519'), hash: null, cose: jwk => [[1, 1], [3, -8], [-1, 6], [-2, Buffer.from(jwk.x, 'base64url')]] },
  '-257': { make: () => generateKeyPairSync('rsa', { modulusLength: 2048 }), hash: 'sha256', cose: jwk => [[1, 3], [3, -257], [-1, Buffer.from(jwk.n, 'base64url')], [-2, Buffer.from(jwk.e, 'base64url')]] },
}

export class Passkey {
  constructor(origin, { algorithm = -7, id = randomBytes(20), count = 0 } = {}) {
    Object.assign(this, { origin, id, count, kind: kinds[algorithm] })
    Object.assign(this, this.kind.make())
  }

  #clientData(type, challenge, more) {
    return Buffer.from(JSON.stringify({ type, challenge, origin: this.origin, crossOrigin: false, ...more }))
  }

  #data(party, flags, more = Buffer.alloc(0)) {
    const count = Buffer.alloc(4)
    count.writeUInt32BE(this.count)
    return Buffer.concat([sha256(party), Buffer.from([flags]), count, more])
  }

  /** The answer to an offer, without a name. */
  create(offer, { flags = 0x45, party = offer.party, client = {}, key = this.kind.cose(this.publicKey.export({ format: 'jwk' })), tail = Buffer.alloc(0) } = {}) {
    this.handle = offer.user_handle
    const made = Buffer.concat([Buffer.alloc(16), Buffer.from([this.id.length >> 8, this.id.length & 255]), this.id, cbor(key), tail])
    const attestation = cbor([['fmt', 'none'], ['attStmt', []], ['authData', this.#data(party, flags, made)]])
    return { client_data: base64url(this.#clientData('webauthn.create', offer.challenge, client)), attestation: base64url(attestation) }
  }

  answer({ challenge, party }, { flags = 0x05, client = {}, other = party, by = this.privateKey, handle = this.handle } = {}) {
    if (this.count) this.count += 1
    const data = this.#data(other, flags)
    const clientData = this.#clientData('webauthn.get', challenge, client)
    return {
      credential_id: base64url(this.id),
      client_data: base64url(clientData),
      authenticator_data: base64url(data),
      signature: base64url(sign(this.kind.hash, Buffer.concat([data, sha256(clientData)]), by)),
      user_handle: handle,
    }
  }
}
