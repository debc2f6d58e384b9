import { expect, test } from 'vitest'
import type { FigureRow } from '@/api/bulletins'
import { byRate, tenthsOf } from './figures'

const row = (name: string, certified: number, total: number): FigureRow => ({ id: name, name, closed: false, rest: false, total, certified, in_review: 0, returned: 0, not_begun: total - certified, overdue: 0, complete: false })

test('A rate is rounded down, so that 1000 means all', () => {
  expect(tenthsOf(row('a', 9999, 10_000))).toBe(999)
  expect(tenthsOf(row('a', 5, 5))).toBe(1000)
  expect(tenthsOf(row('a', 0, 0))).toBeUndefined()
})

test('By rate: the highest first, who has nobody last, equal ones as they come', () => {
  const rows = [row('none', 0, 0), row('half', 1, 2), row('all', 3, 3), row('other half', 2, 4), row('zero', 0, 9)]
  expect(byRate(rows).map(one => one.name)).toEqual(['all', 'half', 'other half', 'zero', 'none'])
})
