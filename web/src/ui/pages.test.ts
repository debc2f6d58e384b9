import { expect, test } from 'vitest'
import { usePages } from './pages'

test('Further rows follow the cursor until there is none', async () => {
  const pages = usePages(async cursor => (cursor ? { items: [3], next: null } : { items: [1, 2], next: 'c' }))
  await pages.restart()
  expect(pages.hasMore.value).toBe(true)
  await pages.more()
  expect(pages.items.value).toEqual([1, 2, 3])
  await pages.more()
  expect(pages.items.value).toEqual([1, 2, 3])
})

test('A slow old answer does not overwrite a newer one', async () => {
  const answers: ((items: string[]) => void)[] = []
  const pages = usePages<string>(() => new Promise(done => answers.push(items => done({ items }))))
  const old = pages.restart()
  const recent = pages.restart()
  answers[1]!(['new'])
  await recent
  answers[0]!(['old'])
  await old
  expect(pages.items.value).toEqual(['new'])
})

test('A failure is kept and a retry heals it', async () => {
  let broken = true
  const pages = usePages<number>(async () => { if (broken) throw new Error('x'); return { items: [1] } })
  await pages.restart()
  expect(pages.state.value).toBe('fault')
  broken = false
  await pages.restart()
  expect(pages.state.value).toBe('ready')
})

test('An empty page that is not the last is passed over', async () => {
  const pages = usePages<number>(async cursor => (cursor === 'd' ? { items: [1], next: null } : { items: [], next: cursor ? 'd' : 'c' }))
  await pages.restart()
  expect(pages.items.value).toEqual([1])
  expect(pages.hasMore.value).toBe(false)
})
