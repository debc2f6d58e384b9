import { expect, test } from 'vitest'
import type { SheetStart } from '@/api/roster'
import { columnsOf, letters } from './firstRows'

const sheet: SheetStart = {
  sheet: 0,
  name: '名单',
  rows: [
    { line: 2, headings: true, cells: [{ text: '甲', key: '甲' }, { text: '', key: '' }, { text: '班级', key: '班级', field: 'class_name' }] },
    { line: 3, headings: false, cells: [{ text: '张三', key: '' }, { text: '32**14', key: '' }, { text: '1班', key: '' }, { text: 'x', key: '' }] },
  ],
}
const words = (place: string, example: string) => `${place}:${example}`

test('Columns have the letters of spreadsheets', () => {
  expect([0, 25, 26, 51, 52, 701, 702].map(letters)).toEqual(['A', 'Z', 'AA', 'AZ', 'BA', 'ZZ', 'AAA'])
})

test('The line of headings gives the columns that have a heading', () => {
  expect(columnsOf(sheet, 2, words)).toEqual([
    { sheet: 0, heading: '甲', key: '甲' },
    { sheet: 0, heading: '班级', key: '班级', field: 'class_name' },
  ])
})

test('Without headings columns are called by their places, with an example', () => {
  expect(columnsOf(sheet, undefined, words).map(one => [one.key, one.heading])).toEqual([['@/0', 'A:甲'], ['@/1', 'B:32**14'], ['@/2', 'C:班级'], ['@/3', 'D:x']])
})
