// Base45 (RFC 9285): octets in the alphanumeric mode of a QR code.
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'
const values = new Map([...alphabet].map((letter, value) => [letter, value]))

export function encodeBase45(octets: Uint8Array): string {
  let text = ''
  for (let at = 0; at < octets.length; at += 2) {
    const pair = at + 1 < octets.length
    let value = pair ? octets[at]! * 256 + octets[at + 1]! : octets[at]!
    for (let n = pair ? 3 : 2; n > 0; n--) {
      text += alphabet[value % 45]
      value = Math.floor(value / 45)
    }
  }
  return text
}

/** Nothing when the text is not Base45. */
export function decodeBase45(text: string): Uint8Array | undefined {
  if (text.length % 3 === 1) return undefined
  const octets: number[] = []
  for (let at = 0; at < text.length; at += 3) {
    const part = [...text.slice(at, at + 3)].map(letter => values.get(letter))
    if (part.includes(undefined)) return undefined
    const value = part.reduceRight<number>((sum, one) => sum * 45 + one!, 0)
    if (value > (part.length === 3 ? 65535 : 255)) return undefined
    if (part.length === 3) octets.push(value >> 8)
    octets.push(value & 255)
  }
  return Uint8Array.from(octets)
}
