import { expect, test } from 'vitest'
import { pieces } from './marks'

test('Places are code points, so that rare characters count as one', () => {
  expect(pieces('𬭊己巳', [{ start: 1, length: 1 }])).toEqual([
    { text: '𬭊', marked: false },
    { text: '己', marked: true },
    { text: '巳', marked: false },
  ])
})

test('Nothing marked is one piece, and places beyond the end are ignored', () => {
  expect(pieces('王小明', [])).toEqual([{ text: '王小明', marked: false }])
  expect(pieces('王', [{ start: 0, length: 5 }])).toEqual([{ text: '王', marked: true }])
  expect(pieces('', [{ start: 0, length: 1 }])).toEqual([])
})
