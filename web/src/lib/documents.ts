// Identity documents as a form checks them before the server does: GB 11643-1999 numbers and the other kinds of JY/T 1001.
// The server decides; these checks only save a round trip.
import type { DocumentKind } from '@/api/accounts'

export const documentKinds: readonly DocumentKind[] = [
  'resident_id', 'household_register', 'hong_kong', 'macao', 'taiwan_travel_permit', 'permanent_residence', 'passport',
  'officer', 'soldier', 'military_civilian', 'military_retired', 'other',
]

export type DocumentFault = 'empty' | 'length' | 'characters' | 'date' | 'future_date' | 'check_digit' | 'implausible'

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]

/** Full-width forms, spaces and a small x are the keyboard's doing, not errors. */
export function tidyNumber(raw: string): string {
  return raw.normalize('NFKC').replace(/\s/g, '').toUpperCase()
}

export function checkDigit(first17: string): string {
  return '10X98765432'[weights.reduce((sum, weight, at) => sum + weight * Number(first17[at]), 0) % 11]!
}

/** Whether the kind carries an 18-digit citizen number: the ID card itself, and the household register of those without one. */
export function isResidentNumber(kind: DocumentKind): boolean {
  return kind === 'resident_id' || kind === 'household_register'
}

export function findFault(kind: DocumentKind, raw: string, today = new Date()): DocumentFault | undefined {
  const number = tidyNumber(raw)
  if (!number) return 'empty'
  if (!isResidentNumber(kind)) return /^[A-Z0-9()\-/·\p{Script=Han}]{4,40}$/u.test(number) ? undefined : 'implausible'
  if (number.length !== 18) return 'length'
  if (!/^\d{17}[\dX]$/.test(number)) return 'characters'
  const born = birthDate(number)
  if (!born) return 'date'
  if (new Date(born) > today) return 'future_date'
  return checkDigit(number) === number[17] ? undefined : 'check_digit'
}

/** The day of birth in a citizen number as YYYY-MM-DD; nothing when there is no such day. */
export function birthDate(number: string): string | undefined {
  const text = `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`
  return isDay(text) ? text : undefined
}

/** Whether it may be a name; the server looks more closely. */
export function isName(text: string): boolean {
  return /[\p{L}〇]/u.test(text) && !/[\p{Nd}=|<>@#$%^&*+_"{}[\]\\/~!?,;:，；：！？]/u.test(text)
}

/** Whether YYYY-MM-DD is a day of the calendar. */
export function isDay(text: string): boolean {
  const time = new Date(`${text}T00:00:00Z`)
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(+time) && time.toISOString().startsWith(text)
}

/** Completed years on a day. */
export function ageOn(born: string, day = new Date()): number {
  const [year, month, date] = born.split('-').map(Number) as [number, number, number]
  const before = day.getMonth() + 1 < month || (day.getMonth() + 1 === month && day.getDate() < date)
  return day.getFullYear() - year - (before ? 1 : 0)
}

/** Three characters, stars, four characters, as everywhere in the system. */
export function mask(number: string): string {
  return number.length > 8 ? number.slice(0, 3) + '*'.repeat(number.length - 7) + number.slice(-4) : number.slice(0, 1) + '*'.repeat(Math.max(0, number.length - 1))
}
