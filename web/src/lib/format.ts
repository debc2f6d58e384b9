// Dates, times and numbers as people read them, in the language of the page and the time of China.
import { language } from './i18n'

const zone = 'Asia/Shanghai'
const kept = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat>()

function formatter<T extends Intl.DateTimeFormat | Intl.NumberFormat>(name: string, make: (locale: string) => T): T {
  const key = language.value + name
  const found = (kept.get(key) as T | undefined) ?? make(language.value)
  kept.set(key, found)
  return found
}

/** "2026-09-21 14:56" */
export function time(value: string | Date): string {
  const parts = formatter('time', () => new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' }))
  return parts.format(new Date(value))
}

/** "2026-09-21" */
export function day(value: string | Date): string {
  return time(value).slice(0, 10)
}

/** "1,842" */
export function count(value: number): string {
  return formatter('count', locale => new Intl.NumberFormat(locale)).format(value)
}

/** "83.1%"; rounded down, so that 100% means all, and 0% none; a whole of nothing has no share. */
export function percent(part: number, whole: number): string {
  if (whole === 0) return '—'
  const thousandths = Math.floor((part * 1000) / whole)
  const text = formatter('percent', locale => new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 })).format(Math.max(thousandths, part ? 1 : 0) / 1000)
  return part && !thousandths ? `<${text}` : text
}
