import { expect, test } from 'vitest'
import { decodeBase45, encodeBase45 } from './base45'
import { decodeCbor, Tagged } from './cbor'
import { grouped, isCardNumber } from './number'

const utf8 = (text: string) => new TextEncoder().encode(text)

test.each([['AB', 'BB8'], ['Hello!!', '%69 VD92EX0'], ['base-45', 'UJCLQE7W581'], ['ietf!', 'QED8WEX0']])('RFC 9285: %s is %s', (plain, coded) => {
  expect(encodeBase45(utf8(plain))).toBe(coded)
  expect(decodeBase45(coded)).toEqual(utf8(plain))
})

test.each(['GGW', ':::', 'A', 'ab1', 'AAAA'])('%s is not Base45', text => {
  expect(decodeBase45(text)).toBeUndefined()
})

test('CBOR of cards is read', () => {
  expect(decodeCbor(Uint8Array.of(0xd8, 61, 0xa2, 1, 0x26, 0x61, 0x61, 0x82, 0x19, 1, 0, 0x41, 7))).toEqual(new Tagged(61, new Map<string | number, never>([[1, -7], ['a', [256, Uint8Array.of(7)]]] as never)))
})

test.each([
  ['nothing', []],
  ['something after it', [0, 0]],
  ['a text that is cut off', [0x65, 0x61]],
  ['an indefinite length', [0x9f, 0xff]],
  ['a key twice', [0xa2, 1, 1, 1, 2]],
  ['a huge list', [0x9a, 255, 255, 255, 255]],
  ['text that is not UTF-8', [0x61, 0xff]],
  ['lists in lists without end', Array<number>(200).fill(0x81)],
])('%s is refused', (_what, octets) => {
  expect(decodeCbor(Uint8Array.from(octets))).toBeUndefined()
})

test('Card numbers carry their check digits', () => {
  expect(isCardNumber('3200000000000089')).toBe(BigInt('3200000000000089') % 97n === 1n)
  const body = 32123456789012n
  const number = String(body * 100n + (98n - ((body * 100n) % 97n)))
  expect(isCardNumber(number)).toBe(true)
  expect(isCardNumber(grouped(number))).toBe(true)
  expect(isCardNumber(number.slice(0, 15) + String((Number(number[15]) + 1) % 10))).toBe(false)
})
