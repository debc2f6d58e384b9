import { afterEach, expect, test } from 'vitest'
import { setLanguage, texts } from './i18n'

const t = texts({ left: ['还剩 {n} 条', '{n} left'], title: ['审核', 'Review'] })
afterEach(() => setLanguage('zh-CN'))

test('A text follows the language', () => {
  expect(t('title')).toBe('审核')
  setLanguage('en')
  expect(t('title')).toBe('Review')
  expect(document.documentElement.lang).toBe('en')
})

test('Parameters are filled in', () => {
  expect(t('left', { n: 3 })).toBe('还剩 3 条')
})

test('One is said differently from many in English', () => {
  const many = texts({ rows: ['共 {n} 行', 'There {n:is|are} {n} {n:row|rows}'] })
  expect(many('rows', { n: 1 })).toBe('共 1 行')
  setLanguage('en')
  expect(many('rows', { n: 1 })).toBe('There is 1 row')
  expect(many('rows', { n: '1' })).toBe('There is 1 row')
  expect(many('rows', { n: 0 })).toBe('There are 0 rows')
  expect(many('rows', { n: '1,001' })).toBe('There are 1,001 rows')
})

test('Missing keys, translations and parameters do not compile', () => {
  // @ts-expect-error a parameter is missing
  expect(t('left')).toBe('还剩 {n} 条')
  // @ts-expect-error no such key
  expect(() => t('absent')).toThrow()
  // @ts-expect-error the English text is missing
  texts({ one: ['只有中文'] })
})
