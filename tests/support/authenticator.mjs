// An authenticator app: TOTP (RFC 6238) from the secret that the server offers.
import { createHmac } from 'node:crypto'
import { inDatabase } from './database.mjs'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

function octetsOf(base32) {
  const bits = [...base32.replaceAll(' ', '')].map(letter => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('')
  return Buffer.from(bits.match(/.{8}/g).map(octet => Number.parseInt(octet, 2)))
}

/** The code of now, or of so many steps of 30 seconds later. */
export function codeOf(secret, later = 0) {
  const counter = Buffer.alloc(8)
  counter.writeBigInt64BE(BigInt(Math.floor(Date.now() / 30_000) + later))
  const mac = createHmac('sha1', octetsOf(secret)).update(counter).digest()
  return String((mac.readUInt32BE(mac.at(-1) & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

/** A code that is none of those that are good now. */
export function wrongCode(secret) {
  const good = [-1, 0, 1].map(later => codeOf(secret, later))
  return ['000000', '111111', '222222', '333333'].find(code => !good.includes(code))
}

/** Time passes for all authenticators: a code of now is good again. */
export function stepsPass(server, steps = 10) {
  inDatabase(server, `UPDATE authenticator SET used_step = used_step - ${steps}`)
}

/** Sets up the second factor of a signed-in account; gives { secret, codes } and the code that was used for it. */
export async function setUp(client) {
  const { secret } = await client.post('/api/v1/me/authenticator')
  const used = codeOf(secret)
  const { codes } = await client.post('/api/v1/me/authenticator/confirm', { code: used })
  return { secret, codes, used }
}
