// Times of China in fields of the browser ("2026-11-28T09:00"), wherever the browser is.
import { time } from '@/lib/format'

export const toField = (value: string | null | undefined) => (value ? time(value).replace(' ', 'T') : '')
export const fromField = (value: string) => new Date(`${value}:00+08:00`).toISOString()
