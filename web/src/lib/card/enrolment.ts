// How a device key comes to a credential (docs/card-format.md). Needs the network, so it is loaded only when it is needed.
import { api } from '@/api/client'
import { deviceName } from '../device-name'
import { decodeBase64Url, encodeBase64Url } from './base64url'
import { keepDevice, type KeptDevice } from './keep'

const curve = { name: 'ECDSA', namedCurve: 'P-256' } as const
const algorithm = { name: 'ECDSA', hash: 'SHA-256' } as const

export interface PublicKey {
  kty: 'EC'
  crv: 'P-256'
  x: string
  y: string
}

/** RFC 7638. */
export async function thumbprint(key: PublicKey): Promise<string> {
  const text = `{"crv":"P-256","kty":"EC","x":"${key.x}","y":"${key.y}"}`
  return encodeBase64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))))
}

/** Proves at enrolment that this device has the key, for this account, now. */
export async function enrolmentProof(account: string, key: CryptoKey, publicKey: PublicKey, time: number): Promise<string> {
  const text = ['educard/device-enrolment/1', account, String(time), await thumbprint(publicKey)].join('\n')
  return encodeBase64Url(new Uint8Array(await crypto.subtle.sign(algorithm, key, new TextEncoder().encode(text))))
}

/** A key that never leaves this device. */
export async function newDevice(account: string): Promise<KeptDevice> {
  const key = await crypto.subtle.generateKey(curve, false, ['sign', 'verify'])
  const device = { account_id: account, key }
  await keepDevice(device)
  void navigator.storage?.persist?.()
  return device
}

async function publicKeyOf(device: KeptDevice): Promise<PublicKey> {
  const { x, y } = await crypto.subtle.exportKey('jwk', device.key.publicKey)
  return { kty: 'EC', crv: 'P-256', x: x!, y: y! }
}

export async function enrol(device: KeptDevice): Promise<KeptDevice> {
  const publicKey = await publicKeyOf(device)
  const time = Math.floor(Date.now() / 1000)
  const proof = await enrolmentProof(device.account_id, device.key.privateKey, publicKey, time)
  const made = await api.post('/api/v1/card/devices', { body: { public_key: publicKey, name: deviceName(), time, proof } })
  const enrolled: KeptDevice = {
    account_id: device.account_id,
    key: device.key,
    enrolled: { id: made.id, credential: decodeBase64Url(made.credential), status_uri: made.status_uri, issued_ms: Date.now(), expires_ms: Date.parse(made.expires_at) },
  }
  await keepDevice(enrolled)
  return enrolled
}

/** Gives back the place among the holder's devices, whether or not the answer to the enrolment ever came; then the key is forgotten. */
export async function release(device: KeptDevice): Promise<void> {
  const mark = await thumbprint(await publicKeyOf(device))
  const place = (await api.get('/api/v1/card/devices')).find(one => one.thumbprint === mark)
  if (place) await api.delete('/api/v1/card/devices/{id}', { params: { path: { id: place.id } } })
}
