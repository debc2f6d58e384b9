import { expect, test } from 'vitest'
import { fromField, toField } from './times'

test('fields hold the time of China', () => {
  expect(fromField('2026-11-28T09:00')).toBe('2026-11-28T01:00:00.000Z')
  expect(toField('2026-11-28T01:00:00Z')).toBe('2026-11-28T09:00')
  expect(toField(null)).toBe('')
})
