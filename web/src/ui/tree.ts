// The state of a tree that loads its branches when they are opened, without any markup.
import { computed, shallowReactive, shallowRef, triggerRef, watch } from 'vue'

export interface TreeRow<Item> {
  item: Item
  level: number
  state: 'closed' | 'loading' | 'open'
  children: TreeRow<Item>[] | undefined
}

export const opened = (row: TreeRow<unknown>) => row.state === 'open'

export function useTree<Item extends { id: string }>(roots: () => readonly Item[], load: (item: Item) => Promise<readonly Item[]>, hasChildren: (item: Item) => boolean) {
  const make = (item: Item, level: number): TreeRow<Item> => shallowReactive({ item, level, state: 'closed', children: undefined })
  const top = shallowRef<TreeRow<Item>[]>([])
  watch(roots, items => (top.value = items.map(item => make(item, 1))), { immediate: true })

  function flat(rows: readonly TreeRow<Item>[]): TreeRow<Item>[] {
    return rows.flatMap(row => (row.state === 'open' ? [row, ...flat(row.children ?? [])] : [row]))
  }
  const rows = computed(() => flat(top.value))
  const find = (id: string) => rows.value.find(row => row.item.id === id)

  const opening = new Map<TreeRow<Item>, Promise<void>>()

  async function read(row: TreeRow<Item>) {
    row.state = 'loading'
    try {
      row.children ??= (await load(row.item)).map(item => make(item, row.level + 1))
      row.state = 'open'
    } catch (fault) {
      row.state = 'closed'
      throw fault
    } finally {
      opening.delete(row)
    }
  }

  /** Who asks while a branch is being read waits for the same answer. */
  async function open(row: TreeRow<Item>) {
    if (row.state === 'open' || !hasChildren(row.item)) return
    const reading = opening.get(row) ?? read(row)
    if (row.state === 'loading') opening.set(row, reading)
    await reading
  }

  async function toggle(row: TreeRow<Item>) {
    if (row.state === 'open') row.state = 'closed'
    else await open(row)
  }

  /** Opens the branches of a line from a root downwards, so that its last one can be seen. */
  async function reveal(line: readonly string[]) {
    for (const id of line.slice(0, -1)) {
      const row = find(id)
      if (row) await open(row)
    }
  }

  /** Reads the children of a branch again, after one was added, changed or closed. */
  async function refresh(id: string, item?: Item) {
    const row = find(id)
    if (!row) return
    if (item) row.item = item
    const was = row.state
    row.children = undefined
    row.state = 'closed'
    if (was === 'open') await open(row)
    triggerRef(top)
  }

  return { rows, toggle, reveal, refresh }
}
