// Times of China in fields of the browser ("2026-11-28T09:00"), wherever the browser is.
import { time } from '@/lib/format'

export const toField = (value: string | null | undefined) => (value ? time(value).replace(' ', 'T') : '')
/** The end of something, after its beginning was said: on the same day only the time. */
export const endOf = (begins: string, ends: string) => (time(begins).slice(0, 10) === time(ends).slice(0, 10) ? time(ends).slice(11) : time(ends))
export const fromField = (value: string) => new Date(`${value}:00+08:00`).toISOString()
