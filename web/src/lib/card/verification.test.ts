import { beforeAll, expect, test } from 'vitest'
import { byteString, head } from './cbor'
import { present, presentationMessage } from './presentation'
import { maskName, verifyOffline, type IssuerKeys, type KeptList } from './verification'

// An issuer in a few lines, from the same description (docs/card-format.md), so that reader and writer do not share code.
const curve = { name: 'ECDSA', namedCurve: 'P-256' } as const
const algorithm = { name: 'ECDSA', hash: 'SHA-256' } as const
const now = 1795442400
const uri = 'https://example.test/api/v1/status-lists/0'
const integer = (n: number) => (n < 0 ? head(1, -1 - n) : head(0, n))
const text = (value: string) => { const octets = new TextEncoder().encode(value); return [...head(3, octets.length), ...octets] }
const map = (...entries: number[][][]) => [...head(5, entries.length), ...entries.flat(2)]
const kid = Uint8Array.of(10, 27, 60, 77)

let issuer: CryptoKeyPair
let device: CryptoKeyPair
let stranger: CryptoKeyPair
let trusted: IssuerKeys

async function point(key: CryptoKey) {
  const jwk = await crypto.subtle.exportKey('jwk', key)
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', key))
  return { x: jwk.x!, y: jwk.y!, rawX: raw.slice(1, 33), rawY: raw.slice(33) }
}

async function sign(payload: number[], by = issuer.privateKey): Promise<Uint8Array<ArrayBuffer>> {
  const protectedOctets = Uint8Array.from(map([integer(1), integer(-7)], [integer(4), byteString(kid)]))
  const message = Uint8Array.from([...head(4, 4), ...text('Signature1'), ...byteString(protectedOctets), 0x40, ...byteString(Uint8Array.from(payload))])
  const signature = new Uint8Array(await crypto.subtle.sign(algorithm, by, message))
  return Uint8Array.from([0xd8, 61, 0xd2, ...head(4, 4), ...byteString(protectedOctets), 0xa0, ...byteString(Uint8Array.from(payload)), ...byteString(signature)])
}

async function credential({ index = 5, expires = now + 1000, by = issuer.privateKey } = {}) {
  const { rawX, rawY } = await point(device.publicKey)
  const cnf = map([integer(1), map([integer(1), integer(2)], [integer(-1), integer(1)], [integer(-2), byteString(rawX)], [integer(-3), byteString(rawY)])])
  return sign(map(
    [integer(1), text('educard')], [integer(4), integer(expires)], [integer(6), integer(now - 100)], [integer(7), byteString(new Uint8Array(8))], [integer(8), cnf],
    [integer(169), map([integer(1), text('3212345678901234')], [integer(4), text('张小明')])],
    [integer(65535), map([text('status_list'), map([text('idx'), integer(index)], [text('uri'), text(uri)])])],
    [integer(-65537), text('student')], [integer(-65538), text('2132000001')], [integer(-65539), text('primary')],
  ), by)
}

async function statusList(values: Record<number, number>, expires = now + 1000): Promise<KeptList> {
  const bits = new Uint8Array(16)
  for (const [index, value] of Object.entries(values)) bits[Number(index) >> 2]! |= value << (2 * (Number(index) & 3))
  const packed = new Uint8Array(await new Response(new Blob([bits]).stream().pipeThrough(new CompressionStream('deflate'))).arrayBuffer())
  return { uri, octets: await sign(map([integer(2), text(uri)], [integer(4), integer(expires)], [integer(6), integer(now)], [integer(65533), map([text('bits'), integer(2)], [text('lst'), byteString(packed)])])) }
}

beforeAll(async () => {
  const pair = () => crypto.subtle.generateKey(curve, true, ['sign', 'verify'])
  ;[issuer, device, stranger] = await Promise.all([pair(), pair(), pair()])
  const { x, y } = await point(issuer.publicKey)
  trusted = { issuer: 'educard', keys: [{ kid: '0a1b3c4d', x, y }] }
})

async function reason(code: string, lists: KeptList[] = []) {
  return (await verifyOffline(code, trusted, lists, now)).reason
}

test('A fresh code of an active card is accepted, with masked words', async () => {
  const verdict = await verifyOffline(await present(await credential(), device.privateKey, now), trusted, [await statusList({})], now)
  expect(verdict).toMatchObject({ result: 'accept', reason: 'valid', name: '张*明', role: 'student', stage: 'primary', card_number: '32** **** **** **34' })
})

test('A screenshot goes stale, and a clock that runs ahead is told', async () => {
  expect(await reason(await present(await credential(), device.privateKey, now - 31))).toBe('stale')
  expect(await reason(await present(await credential(), device.privateKey, now - 30), [await statusList({})])).toBe('valid')
  expect(await reason(await present(await credential(), device.privateKey, now + 31))).toBe('from_future')
})

test('A copied credential is not the holder', async () => {
  expect(await reason(await present(await credential(), stranger.privateKey, now))).toBe('wrong_holder')
})

test('Forged and unknown issuers are refused', async () => {
  expect(await reason(await present(await credential({ by: stranger.privateKey }), device.privateKey, now))).toBe('bad_signature')
  const code = await present(await credential(), device.privateKey, now)
  expect((await verifyOffline(code, { issuer: 'other', keys: trusted.keys }, [], now)).reason).toBe('unknown_issuer')
  expect((await verifyOffline(code, { issuer: 'educard', keys: [] }, [], now)).reason).toBe('unknown_issuer')
})

test('Expired cards are refused', async () => {
  expect(await reason(await present(await credential({ expires: now }), device.privateKey, now))).toBe('expired')
})

test('The status list decides between valid, suspended and revoked', async () => {
  const code = await present(await credential({ index: 6 }), device.privateKey, now)
  expect(await reason(code, [await statusList({ 6: 2 })])).toBe('suspended')
  expect(await reason(code, [await statusList({ 6: 1 })])).toBe('revoked')
  expect(await reason(code, [await statusList({ 6: 3 })])).toBe('revoked')
  expect(await reason(code, [await statusList({ 5: 1, 7: 2 })])).toBe('valid')
})

test('Without a list at hand, or with an old one, nobody is accepted', async () => {
  const code = await present(await credential(), device.privateKey, now)
  expect(await verifyOffline(code, trusted, [], now)).toMatchObject({ result: 'caution', reason: 'status_unknown' })
  expect(await verifyOffline(code, trusted, [await statusList({}, now)], now)).toMatchObject({ result: 'caution', reason: 'status_stale' })
  expect(await reason(await present(await credential({ index: 64 }), device.privateKey, now), [await statusList({})])).toBe('status_unknown')
})

test.each(['', 'EDU1:', 'EDU1:???', 'https://example.test', 'EDU1:' + 'A'.repeat(30), 'EDU2:ABC'])('"%s" is unreadable', async code => {
  expect(await reason(code)).toBe('unreadable')
})

test('Every damaged code is refused, none is accepted', async () => {
  const code = await present(await credential(), device.privateKey, now)
  for (let at = 5; at < code.length; at += 7) {
    const changed = code.slice(0, at) + (code[at] === 'A' ? 'B' : 'A') + code.slice(at + 1)
    expect((await verifyOffline(changed, trusted, [await statusList({})], now)).result).toBe('refuse')
  }
})

test('The proof covers 68 octets: words, digest, time', async () => {
  const message = await presentationMessage(Uint8Array.of(1, 2, 3), now)
  expect(message).toHaveLength(68)
  expect(new TextDecoder().decode(message.slice(0, 28))).toBe('educard/card-presentation/1\0')
  expect(Array.from(message.slice(28, 60), one => one.toString(16).padStart(2, '0')).join('')).toBe('039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81')
})

test('Names keep first and last letter', () => {
  expect([maskName('张明'), maskName('张小明'), maskName('𬭊㛃'), maskName('阿依古丽·买买提'), maskName('王')]).toEqual(['张*', '张*明', '𬭊*', '阿******提', '*'])
})
