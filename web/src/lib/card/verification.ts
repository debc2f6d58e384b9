// Checks a card's code without a network, exactly as the server does (docs/card-format.md): the first thing that fails is the answer.
import { decodeBase45 } from './base45'
import { encodeBase64Url } from './base64url'
import { byteString, decodeCbor, head, Tagged, type Cbor } from './cbor'
import { presentationMessage } from './presentation'

export interface IssuerKeys {
  issuer: string
  keys: readonly { x: string; y: string; kid: string }[]
}

/** A status list that was fetched earlier, in its signed form. */
export interface KeptList {
  uri: string
  octets: Uint8Array<ArrayBuffer>
}

export type Reason =
  | 'valid' | 'unreadable' | 'unknown_issuer' | 'bad_signature' | 'wrong_holder' | 'not_yet_valid' | 'expired' | 'from_future' | 'stale'
  | 'revoked' | 'suspended' | 'status_unknown' | 'status_stale' | 'outdated' | 'number_only' | 'never_issued' | 'bad_check_digits'

export interface Verdict {
  result: 'accept' | 'caution' | 'refuse'
  reason: Reason
  name?: string | undefined
  role?: string | undefined
  school_code?: string | undefined
  stage?: string | undefined
  card_number?: string | undefined
  expires_at?: string | undefined
}

const allowedSkewSeconds = 30
const algorithm = { name: 'ECDSA', hash: 'SHA-256' } as const
const curve = { name: 'ECDSA', namedCurve: 'P-256' } as const

interface Signed {
  protectedOctets: Uint8Array
  kid: string
  payload: Uint8Array
  claims: Map<number | string, Cbor>
  signature: Uint8Array<ArrayBuffer>
}

const isBytes = (value: Cbor | undefined): value is Uint8Array => value instanceof Uint8Array
const text = (value: Cbor | undefined) => (typeof value === 'string' ? value : undefined)
const asMap = (value: Cbor | undefined) => (value instanceof Map ? value : undefined)
const hex = (octets: Uint8Array) => Array.from(octets, octet => octet.toString(16).padStart(2, '0')).join('')
const copy = (octets: Uint8Array): Uint8Array<ArrayBuffer> => Uint8Array.from(octets)

/** A CWT in COSE_Sign1 with ES256: 61(18([protected, {}, payload, signature])). */
function readSigned(octets: Uint8Array): Signed | undefined {
  const outer = decodeCbor(octets)
  if (!(outer instanceof Tagged) || outer.tag !== 61 || !(outer.value instanceof Tagged) || outer.value.tag !== 18) return undefined
  const parts = outer.value.value
  if (!Array.isArray(parts) || parts.length !== 4) return undefined
  const [protectedOctets, , payload, signature] = parts
  if (!isBytes(protectedOctets) || !isBytes(payload) || !isBytes(signature) || signature.length !== 64) return undefined
  const header = asMap(decodeCbor(protectedOctets))
  const claims = asMap(decodeCbor(payload))
  const kid = header?.get(4)
  if (header?.get(1) !== -7 || !isBytes(kid) || !claims) return undefined
  return { protectedOctets, kid: hex(kid), payload, claims, signature: copy(signature) }
}

async function publicKey(x: string, y: string): Promise<CryptoKey> {
  return crypto.subtle.importKey('jwk', { kty: 'EC', crv: 'P-256', x, y }, curve, false, ['verify'])
}

async function isSignedBy(signed: Signed, key: { x: string; y: string }): Promise<boolean> {
  const text = new TextEncoder().encode('Signature1')
  const message = Uint8Array.from([...head(4, 4), ...head(3, text.length), ...text, ...byteString(signed.protectedOctets), ...byteString(new Uint8Array()), ...byteString(signed.payload)])
  return crypto.subtle.verify(algorithm, await publicKey(key.x, key.y), signed.signature, message)
}

async function inflate(octets: Uint8Array): Promise<Uint8Array | undefined> {
  try {
    const stream = new Blob([copy(octets)]).stream().pipeThrough(new DecompressionStream('deflate'))
    return new Uint8Array(await new Response(stream).arrayBuffer())
  } catch {
    return undefined
  }
}

type Status = 'valid' | 'revoked' | 'suspended' | 'status_unknown' | 'status_stale'

/** What a kept list says of one credential. */
async function statusOf(uri: string, index: number, lists: readonly KeptList[], trusted: IssuerKeys, now: number): Promise<Status> {
  const signed = readSigned(lists.find(list => list.uri === uri)?.octets ?? new Uint8Array())
  const key = signed && trusted.keys.find(one => one.kid === signed.kid)
  if (!signed || !key || signed.claims.get(2) !== uri || !(await isSignedBy(signed, key))) return 'status_unknown'
  const list = asMap(signed.claims.get(65533))
  const packed = list?.get('lst')
  const bits = list?.get('bits') === 2 && isBytes(packed) ? await inflate(packed) : undefined
  if (!bits || index >> 2 >= bits.length) return 'status_unknown'
  const value = (bits[index >> 2]! >> (2 * (index & 3))) & 3
  if (value === 1 || value === 3) return 'revoked'
  if (value === 2) return 'suspended'
  const until = signed.claims.get(4)
  return typeof until === 'number' && until > now ? 'valid' : 'status_stale'
}

interface Presentation {
  credential: Uint8Array<ArrayBuffer>
  time: number
  proof: Uint8Array<ArrayBuffer>
}

function readCode(code: string): Presentation | undefined {
  const octets = code.startsWith('EDU1:') ? decodeBase45(code.slice(5)) : undefined
  const parts = octets && decodeCbor(octets)
  if (!Array.isArray(parts) || parts.length !== 3) return undefined
  const [credential, time, proof] = parts
  if (!isBytes(credential) || typeof time !== 'number' || time < 0 || !isBytes(proof) || proof.length !== 64) return undefined
  return { credential: copy(credential), time, proof: copy(proof) }
}

async function isHolder(shown: Presentation, claims: Map<number | string, Cbor>): Promise<boolean> {
  const key = asMap(asMap(claims.get(8))?.get(1))
  const x = key?.get(-2)
  const y = key?.get(-3)
  if (!isBytes(x) || !isBytes(y)) return false
  try {
    const holder = await publicKey(encodeBase64Url(x), encodeBase64Url(y))
    return await crypto.subtle.verify(algorithm, holder, shown.proof, await presentationMessage(shown.credential, shown.time))
  } catch {
    return false
  }
}

/** A status list's own URI, by which credentials name it. */
export function listUri(octets: Uint8Array): string | undefined {
  return text(readSigned(octets)?.claims.get(2))
}

const letters = new Intl.Segmenter('zh', { granularity: 'grapheme' })

/** First and last letter, as on every screen that a stranger sees. */
export function maskName(name: string): string {
  const all = [...letters.segment(name)].map(one => one.segment)
  if (all.length <= 1) return '*'
  return all[0] + '*'.repeat(Math.max(1, all.length - 2)) + (all.length > 2 ? all.at(-1) : '')
}

const maskNumber = (number: string) => `${number.slice(0, 2)}** **** **** **${number.slice(-2)}`

export async function verifyOffline(code: string, trusted: IssuerKeys, lists: readonly KeptList[], now = Math.floor(Date.now() / 1000)): Promise<Verdict> {
  const refuse = (reason: Reason): Verdict => ({ result: 'refuse', reason })
  const shown = readCode(code)
  const signed = shown && readSigned(shown.credential)
  const identity = asMap(signed?.claims.get(169))
  const status = asMap(asMap(signed?.claims.get(65535))?.get('status_list'))
  const [expires, issued, notBefore] = [4, 6, 5].map(claim => signed?.claims.get(claim))
  const [number, name, uri, index] = [text(identity?.get(1)), text(identity?.get(4)), text(status?.get('uri')), status?.get('idx')]
  if (!shown || !signed || !number || !name || !uri || typeof index !== 'number' || typeof expires !== 'number' || typeof issued !== 'number') return refuse('unreadable')
  const key = signed.claims.get(1) === trusted.issuer ? trusted.keys.find(one => one.kid === signed.kid) : undefined
  if (!key) return refuse('unknown_issuer')
  if (!(await isSignedBy(signed, key))) return refuse('bad_signature')
  if (!(await isHolder(shown, signed.claims))) return refuse('wrong_holder')

  const about = {
    name: maskName(name),
    role: text(signed.claims.get(-65537)),
    school_code: text(signed.claims.get(-65538)),
    stage: text(signed.claims.get(-65539)),
    card_number: maskNumber(number),
    expires_at: new Date(expires * 1000).toISOString(),
  }
  const says = (result: Verdict['result'], reason: Reason): Verdict => ({ result, reason, ...about })
  if ((typeof notBefore === 'number' && notBefore > now) || issued > now + allowedSkewSeconds) return says('refuse', 'not_yet_valid')
  if (expires <= now) return says('refuse', 'expired')
  if (shown.time > now + allowedSkewSeconds) return says('refuse', 'from_future')
  if (shown.time < now - allowedSkewSeconds) return says('refuse', 'stale')
  const found = await statusOf(uri, index, lists, trusted, now)
  if (found === 'revoked' || found === 'suspended') return says('refuse', found)
  return says(found === 'valid' ? 'accept' : 'caution', found)
}

