import { expect, test } from 'vitest'
import { count, day, percent, time } from './format'

test('Times are those of China whatever the device says', () => {
  expect(time('2026-09-21T18:56:03Z')).toBe('2026-09-22 02:56')
  expect(day('2026-09-21T18:56:03Z')).toBe('2026-09-22')
})

test('100% means all, and 0% none', () => {
  expect(percent(10, 100_628)).toBe('<0.1%')
  expect(percent(0, 100_628)).toBe('0%')
  expect(percent(1, 1000)).toBe('0.1%')
  expect(percent(100_627, 100_628)).toBe('99.9%')
  expect(percent(9999, 10000)).toBe('99.9%')
  expect(percent(5, 5)).toBe('100%')
  expect(percent(0, 0)).toBe('—')
})

test('Thousands are grouped', () => {
  expect(count(1842)).toBe('1,842')
})
