import { expect, test } from 'vitest'
import { useTree } from './tree'

const below: Record<string, { id: string }[]> = { a: [{ id: 'b' }, { id: 'c' }], b: [{ id: 'd' }] }

function make() {
  const asked: string[] = []
  const load = async (item: { id: string }) => (asked.push(item.id), below[item.id] ?? [])
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
  const tree = useTree(() => [{ id: 'a' }], async () => { if (broken) throw new Error('network'); return [{ id: 'b' }] }, item => item.id === 'a')
  await expect(tree.toggle(tree.rows.value[0]!)).rejects.toThrow('network')
  broken = false
  await tree.toggle(tree.rows.value[0]!)
  expect(tree.rows.value.length).toBe(2)
})
