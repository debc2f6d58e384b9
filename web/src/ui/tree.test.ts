import { expect, test } from 'vitest'
import { isRest, useTree } from './tree'

const below: Record<string, { id: string }[]> = { a: [{ id: 'b' }, { id: 'c' }], b: [{ id: 'd' }] }

function make() {
  const asked: string[] = []
  const load = async (item: { id: string }) => (asked.push(item.id), { items: below[item.id] ?? [] })
  const tree = useTree(() => [{ id: 'a' }], load, item => item.id in below)
  return { tree, asked, seen: () => tree.rows.value.map(row => row.item.id).join('') }
}

test('Children are asked for when a branch is opened, and only once', async () => {
  const { tree, asked, seen } = make()
  expect(seen()).toBe('a')
  await tree.toggle(tree.rows.value[0]!)
  expect(seen()).toBe('abc')
  await tree.toggle(tree.rows.value[0]!)
  expect(seen()).toBe('a')
  await tree.toggle(tree.rows.value[0]!)
  expect(asked).toEqual(['a'])
})

test('A line of ancestors is opened down to its last member', async () => {
  const { tree, seen } = make()
  await tree.reveal(['a', 'b', 'd'])
  expect(seen()).toBe('abdc')
})

test('Two who open the same line at once both see its end', async () => {
  const { tree, asked, seen } = make()
  await Promise.all([tree.reveal(['a', 'b', 'd']), tree.reveal(['a', 'b', 'd'])])
  expect(seen()).toBe('abdc')
  expect(asked).toEqual(['a', 'b'])
})

test('A refreshed branch is read again and stays open', async () => {
  const { tree, asked, seen } = make()
  await tree.reveal(['a', 'b'])
  await tree.refresh('a')
  expect(asked).toEqual(['a', 'a'])
  expect(seen()).toBe('abc')
})

test('A branch that cannot be read stays closed and can be tried again', async () => {
  let broken = true
  const tree = useTree(() => [{ id: 'a' }], async () => { if (broken) throw new Error('network'); return { items: [{ id: 'b' }] } }, item => item.id === 'a')
  await expect(tree.toggle(tree.rows.value[0]!)).rejects.toThrow('network')
  broken = false
  await tree.toggle(tree.rows.value[0]!)
  expect(tree.rows.value.length).toBe(2)
})

function paged() {
  const all = Array.from({ length: 5 }, (_, index) => ({ id: `c${index}` }))
  const load = async (item: { id: string }, cursor: string | undefined) => {
    const from = Number(cursor ?? 0)
    return item.id === 'a' ? { items: all.slice(from, from + 2), next: from + 2 < all.length ? String(from + 2) : null } : { items: [] }
  }
  const tree = useTree(() => [{ id: 'a' }], load, item => item.id === 'a')
  return { tree, seen: () => tree.rows.value.map(row => row.key).join(' ') }
}

test('A long branch comes page by page, with a row that offers the rest', async () => {
  const { tree, seen } = paged()
  await tree.toggle(tree.rows.value[0]!)
  expect(seen()).toBe('a c0 c1 a:rest')
  expect(isRest(tree.rows.value[3]!)).toBe(true)
  expect((await tree.more(tree.rows.value[0]!))?.key).toBe('c2')
  await tree.more(tree.rows.value[0]!)
  expect(seen()).toBe('a c0 c1 c2 c3 c4')
})

test('A line to a late child reads as many pages as it needs', async () => {
  const { tree, seen } = paged()
  await tree.reveal(['a', 'c3'])
  expect(seen()).toBe('a c0 c1 c2 c3 a:rest')
})
