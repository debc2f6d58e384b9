import { expect, test } from 'vitest'
import { differences } from './diff'

test('finds what changed', () => {
  expect(differences('不会。卡号终身不变。', '不会，卡号终身不变。')).toEqual([
    { kind: 'same', text: '不会' },
    { kind: 'gone', text: '。' },
    { kind: 'new', text: '，' },
    { kind: 'same', text: '卡号终身不变。' },
  ])
  expect(differences('a card', 'the card')).toEqual([{ kind: 'gone', text: 'a' }, { kind: 'new', text: 'the' }, { kind: 'same', text: ' card' }])
  expect(differences('同', '同')).toEqual([{ kind: 'same', text: '同' }])
  expect(differences('', '新')).toEqual([{ kind: 'new', text: '新' }])
})

test('very long texts too', () => {
  const long = Array.from({ length: 5_000 }, (_, at) => `第${at}行`).join('\n')
  const changes = differences(long, long.replace('第7行', '第七行'))
  expect(changes.map(one => one.text).join('')).toContain('第七行')
})
