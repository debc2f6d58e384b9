// The card number: 16 digits, ISO 7064 MOD 97-10, shown 4-4-4-4.

export function isCardNumber(text: string): boolean {
  const digits = text.replace(/\s/g, '')
  return /^32\d{14}$/.test(digits) && BigInt(digits) % 97n === 1n
}

export function grouped(number: string): string {
  return number.replace(/(.{4})(?=.)/g, '$1 ')
}
