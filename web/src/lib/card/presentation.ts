// What the QR code of a card says (docs/card-format.md): the credential, the moment it was drawn, and the device key's
// proof of both. Made in the client, without a network.
import { encodeBase45 } from './base45'
import { byteString, head } from './cbor'

export const drawEverySeconds = 5
const algorithm = { name: 'ECDSA', hash: 'SHA-256' } as const

/** What the device key signs: 27 octets of text, a zero, the credential's digest, the time. */
export async function presentationMessage(credential: Uint8Array<ArrayBuffer>, time: number): Promise<Uint8Array<ArrayBuffer>> {
  const message = new Uint8Array(68)
  message.set(new TextEncoder().encode('educard/card-presentation/1'))
  message.set(new Uint8Array(await crypto.subtle.digest('SHA-256', credential)), 28)
  new DataView(message.buffer).setBigUint64(60, BigInt(time))
  return message
}

export async function present(credential: Uint8Array<ArrayBuffer>, key: CryptoKey, time: number): Promise<string> {
  const proof = new Uint8Array(await crypto.subtle.sign(algorithm, key, await presentationMessage(credential, time)))
  const octets = Uint8Array.from([...head(4, 3), ...byteString(credential), ...head(0, time), ...byteString(proof)])
  return 'EDU1:' + encodeBase45(octets)
}
