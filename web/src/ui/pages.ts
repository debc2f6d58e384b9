// A list that comes by cursor: rows so far, more on request, and a newer question makes an older answer void.
import { computed, ref, shallowRef } from 'vue'
import type { Page } from '@/api/types'

export function usePages<Item>(read: (cursor: string | undefined) => Promise<Page<Item>>) {
  const items = shallowRef<Item[]>([])
  const next = ref<string>()
  const state = ref<'loading' | 'ready' | 'fault'>('loading')
  const fault = shallowRef<unknown>()
  let generation = 0

  async function fetchInto(start: Item[], cursor: string | undefined) {
    const mine = ++generation
    state.value = 'loading'
    try {
      let page = await read(cursor)
      while (mine === generation && !page.items.length && page.next) page = await read(page.next) // a search may find nothing for a while
      if (mine !== generation) return
      items.value = [...start, ...page.items]
      next.value = page.next ?? undefined
      state.value = 'ready'
    } catch (thrown) {
      if (mine !== generation) return
      fault.value = thrown
      state.value = 'fault'
    }
  }

  return {
    items,
    state,
    fault,
    hasMore: computed(() => next.value !== undefined),
    isEmpty: computed(() => state.value === 'ready' && items.value.length === 0),
    /** From the beginning, for a new question. Rows stand until the answer is there. */
    restart: () => fetchInto([], undefined),
    more: () => (next.value !== undefined && state.value === 'ready' ? fetchInto(items.value, next.value) : Promise.resolve()),
    remove: (gone: (item: Item) => boolean) => (items.value = items.value.filter(item => !gone(item))),
  }
}
