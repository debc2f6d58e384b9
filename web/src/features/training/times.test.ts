import { expect, test } from 'vitest'
import { endOf, fromField, toField } from './times'

test('fields hold the time of China', () => {
  expect(fromField('2026-11-28T09:00')).toBe('2026-11-28T01:00:00.000Z')
  expect(toField('2026-11-28T01:00:00Z')).toBe('2026-11-28T09:00')
  expect(toField(null)).toBe('')
})

test('the end of the same day is a time', () => {
  expect(endOf('2026-11-28T01:00:00Z', '2026-11-28T03:30:00Z')).toBe('11:30')
  expect(endOf('2026-11-28T01:00:00Z', '2026-11-29T03:30:00Z')).toBe('2026-11-29 11:30')
})
