// The state of a tree that loads its branches when they are opened, page by page, without any markup.
import { computed, shallowReactive, shallowRef, triggerRef, watch } from 'vue'
import type { Page } from '@/api/types'

export interface TreeRow<Item> {
  /** Of the item, or of the rest of a branch. */
  key: string
  item: Item
  level: number
  state: 'closed' | 'loading' | 'open'
  children: TreeRow<Item>[] | undefined
  /** Stands behind the children while there are more of them; its item is the branch. */
  rest: TreeRow<Item> | undefined
  next: string | undefined
}

export const opened = (row: TreeRow<unknown>) => row.state === 'open'
/** Whether a row is no item of its own but offers the rest of a branch. */
export const isRest = (row: TreeRow<{ id: string }>) => row.key !== row.item.id

type Load<Item> = (item: Item, cursor: string | undefined) => Promise<Page<Item>>

export function useTree<Item extends { id: string }>(roots: () => readonly Item[], load: Load<Item>, hasChildren: (item: Item) => boolean) {
  const make = (item: Item, level: number, key = item.id): TreeRow<Item> => shallowReactive({ key, item, level, state: 'closed', children: undefined, rest: undefined, next: undefined })
  const top = shallowRef<TreeRow<Item>[]>([])
  watch(roots, items => (top.value = items.map(item => make(item, 1))), { immediate: true })

  function flat(rows: readonly TreeRow<Item>[]): TreeRow<Item>[] {
    return rows.flatMap(row => (row.state === 'open' ? [row, ...flat(row.children ?? []), ...(row.rest ? [row.rest] : [])] : [row]))
  }
  const rows = computed(() => flat(top.value))
  const find = (id: string) => rows.value.find(row => row.key === id)

  const reading = new Map<TreeRow<Item>, Promise<void>>()

  async function readPage(row: TreeRow<Item>) {
    const page = await load(row.item, row.next)
    row.next = page.next ?? undefined
    row.children = [...(row.children ?? []), ...page.items.map(item => make(item, row.level + 1))]
    row.rest = row.next === undefined ? undefined : make(row.item, row.level + 1, `${row.item.id}:rest`)
  }

  /** Who asks while a branch is being read waits for the same answer. */
  function once(row: TreeRow<Item>, work: () => Promise<void>): Promise<void> {
    const running = reading.get(row)
    if (running) return running
    const mine = work().finally(() => reading.delete(row))
    reading.set(row, mine)
    return mine
  }

  async function read(row: TreeRow<Item>) {
    row.state = 'loading'
    try {
      if (!row.children) await readPage(row)
      row.state = 'open'
    } catch (fault) {
      row.state = 'closed'
      throw fault
    }
  }

  async function open(row: TreeRow<Item>) {
    if (row.state !== 'open' && hasChildren(row.item)) await once(row, () => read(row))
  }

  async function toggle(row: TreeRow<Item>) {
    if (row.state === 'open') row.state = 'closed'
    else await open(row)
  }

  /** The next page of a branch; gives the first of what is new. */
  async function more(branch: TreeRow<Item>): Promise<TreeRow<Item> | undefined> {
    const had = branch.children?.length ?? 0
    if (branch.next !== undefined) await once(branch, () => readPage(branch))
    return branch.children?.[had]
  }

  /** Opens the branches of a line from a root downwards, so that its last one can be seen. */
  async function reveal(line: readonly string[]) {
    for (const [index, id] of line.slice(0, -1).entries()) {
      const row = find(id)
      if (!row) continue
      await open(row)
      const below = line[index + 1]
      while (below && row.next !== undefined && !row.children?.some(child => child.key === below)) await more(row)
    }
  }

  /** Reads the children of a branch again, after one was added, changed or closed. */
  async function refresh(id: string, item?: Item) {
    const row = find(id)
    if (!row) return
    if (item) row.item = item
    const was = row.state
    row.children = row.rest = row.next = undefined
    row.state = 'closed'
    if (was === 'open') await open(row)
    triggerRef(top)
  }

  return { rows, find, toggle, more, reveal, refresh }
}
