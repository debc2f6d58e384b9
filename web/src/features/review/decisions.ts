// Decisions are held on the device for ten seconds before they are sent, so that a slip can be undone. Leaving the page sends them.
import { shallowReactive } from 'vue'
import type { ReviewItem, Verdict } from '@/api/applications'

export interface Held {
  item: ReviewItem
  verdict: Verdict
  reason?: string
  /** That the guardian of the reviewer's name is another person. */
  guardian_is_not_me?: true
}

export interface DecisionsNeed {
  /** Sends one decision; `leaving` asks for a request that outlives the page. */
  send(held: Held, leaving: boolean): Promise<unknown>
  done?(held: Held): void
  failed(held: Held, fault: unknown): void
}

export const kUndoSeconds = 10

export function useDecisions(need: DecisionsNeed) {
  const held = shallowReactive(new Map<string, Held>())
  const sending = shallowReactive(new Set<string>())
  const timers = new Map<string, ReturnType<typeof setTimeout>>()

  /** Takes a decision out of the waiting ones; nothing when it is on its way already. */
  function take(id: string): Held | undefined {
    clearTimeout(timers.get(id))
    timers.delete(id)
    const one = held.get(id)
    held.delete(id)
    return one
  }

  async function send(id: string, leaving: boolean) {
    const one = take(id)
    if (!one) return
    sending.add(id)
    try {
      await need.send(one, leaving)
      need.done?.(one)
    } catch (fault) {
      need.failed(one, fault)
    } finally {
      sending.delete(id)
    }
  }

  function hold(decision: Held) {
    const id = decision.item.id
    take(id)
    held.set(id, decision)
    timers.set(id, setTimeout(() => void send(id, false), kUndoSeconds * 1000))
  }

  return {
    held,
    /** Held, or on its way. */
    isDecided: (id: string) => held.has(id) || sending.has(id),
    hold,
    undo: take,
    /** The decision made last that can still be undone. */
    last: () => [...held.values()].at(-1),
    flush: (leaving = false) => Promise.all([...held.keys()].map(id => send(id, leaving))),
  }
}
