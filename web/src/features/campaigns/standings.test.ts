import { expect, test } from 'vitest'
import type { StandingRow } from '@/api/campaigns'
import { ordered } from './standings'

const row = (id: string, target: number, certified: number, deadline: string) => ({ id, target, certified, missing: Math.max(0, target - certified), deadline }) as StandingRow

test('orders: as in the tree, those furthest behind first, most people missing, soonest deadline', () => {
  const rows = [row('a', 10, 9, '2026-12-03'), row('b', 0, 0, '2026-12-01'), row('c', 100, 50, '2026-12-02')]
  const ids = (order: 'tree' | 'reached' | 'missing' | 'deadline') => ordered(rows, order).map(one => one.id).join('')
  expect(ids('tree')).toBe('abc')
  expect(ids('reached')).toBe('cab')
  expect(ids('missing')).toBe('cab')
  expect(ids('deadline')).toBe('bca')
})
