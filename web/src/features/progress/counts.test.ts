import { expect, test } from 'vitest'
import type { Counts, NodeProgress } from '@/api/rollout'
import { ordered, rateOf } from './counts'

const counts = (certified: number, not_begun: number): Counts => ({ certified, not_begun, in_review: 0, returned: 0 })
const node = (id: string, of: Counts): NodeProgress => ({ id, kind: 'school', name: id, closed: false, counts: of, by_kind: { student: of, teacher: counts(0, 0), staff: counts(0, 0) }, standing: { overdue: 0, complete: false } })

test('100 means all, and a place without people has no share', () => {
  expect(rateOf(counts(9999, 1))).toBe(99.9)
  expect(rateOf(counts(7, 0))).toBe(100)
  expect(rateOf(counts(0, 0))).toBeUndefined()
})

test('Orders: as in the tree, by share, by people who are left; places without people come last', () => {
  const nodes = [node('a', counts(1, 9)), node('b', counts(0, 0)), node('c', counts(9, 100)), node('d', counts(5, 5))]
  const ids = (order: 'tree' | 'rate' | 'left') => ordered(nodes, '', order).map(one => one.id).join('')
  expect(ids('tree')).toBe('abcd')
  expect(ids('rate')).toBe('dacb')
  expect(ids('left')).toBe('cadb')
  expect(ordered(nodes, 'teacher', 'rate').map(one => one.id).join('')).toBe('abcd')
})
