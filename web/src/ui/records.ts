// A short list of one's own things (devices, consents), each with an act that the list is read again after.
import { shallowRef } from 'vue'
import { say, sayFault } from './status'

export function useRecords<Item>(read: () => Promise<Item[]>) {
  const items = shallowRef<Item[]>()
  const fault = shallowRef<unknown>()

  async function refresh() {
    try {
      items.value = await read()
      fault.value = undefined
    } catch (thrown) {
      fault.value = thrown
      if (items.value) sayFault(thrown)
    }
  }

  /** Does it, says `done` or what went wrong, and reads the list again. */
  async function act(work: Promise<unknown>, done: string) {
    try {
      await work
      say(done)
    } catch (fault) {
      sayFault(fault)
    }
    await refresh()
  }

  void refresh()
  return { items, fault, act, refresh }
}
