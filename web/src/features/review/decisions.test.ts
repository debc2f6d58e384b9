import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ReviewItem } from '@/api/applications'
import { type Held, useDecisions } from './decisions'

const item = (id: string): ReviewItem => ({ id, kind: 'student', state: 'submitted', name: `name ${id}`, roster_match: 'exact', submitted_at: '2026-09-01T00:00:00Z', version: 1 })
let sent: { id: string; leaving: boolean }[]
let failed: Held[]
let refuse = false

function make() {
  return useDecisions({
    send: async (held, leaving) => {
      if (refuse) throw new Error('already decided')
      sent.push({ id: held.item.id, leaving })
    },
    failed: held => failed.push(held),
  })
}

beforeEach(() => {
  vi.useFakeTimers()
  sent = []
  failed = []
  refuse = false
})
afterEach(() => vi.useRealTimers())

test('A decision is sent after ten seconds and not before', async () => {
  const decisions = make()
  decisions.hold({ item: item('1'), verdict: 'approve' })
  await vi.advanceTimersByTimeAsync(9_900)
  expect(sent).toEqual([])
  await vi.advanceTimersByTimeAsync(200)
  expect(sent).toEqual([{ id: '1', leaving: false }])
})

test('What is on its way counts as decided until the answer is there', async () => {
  const decisions = make()
  decisions.hold({ item: item('1'), verdict: 'approve' })
  expect(decisions.isDecided('1')).toBe(true)
  const flushed = decisions.flush()
  expect([decisions.held.has('1'), decisions.isDecided('1')]).toEqual([false, true])
  await flushed
  expect(decisions.isDecided('1')).toBe(false)
})

test('An undone decision is never sent', async () => {
  const decisions = make()
  decisions.hold({ item: item('1'), verdict: 'reject', reason: 'x' })
  expect(decisions.undo('1')?.reason).toBe('x')
  await vi.advanceTimersByTimeAsync(60_000)
  await decisions.flush()
  expect(sent).toEqual([])
})

test('Leaving sends what is held, each once', async () => {
  const decisions = make()
  decisions.hold({ item: item('1'), verdict: 'approve' })
  decisions.hold({ item: item('2'), verdict: 'approve' })
  await decisions.flush(true)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(sent).toEqual([{ id: '1', leaving: true }, { id: '2', leaving: true }])
})

test('Undo after sending gives nothing', async () => {
  const decisions = make()
  decisions.hold({ item: item('1'), verdict: 'approve' })
  await vi.advanceTimersByTimeAsync(10_000)
  expect(decisions.undo('1')).toBeUndefined()
})

test('A refusal by the server is told', async () => {
  refuse = true
  const decisions = make()
  decisions.hold({ item: item('1'), verdict: 'approve' })
  await vi.advanceTimersByTimeAsync(10_000)
  expect(failed.map(one => one.item.id)).toEqual(['1'])
})

test('The last decision is the one to undo first', () => {
  const decisions = make()
  decisions.hold({ item: item('1'), verdict: 'approve' })
  decisions.hold({ item: item('2'), verdict: 'approve' })
  expect(decisions.last()?.item.id).toBe('2')
  decisions.undo('2')
  expect(decisions.last()?.item.id).toBe('1')
})
