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

test('Missing keys, translations and parameters do not compile', () => {
  // @ts-expect-error a parameter is missing
  expect(t('left')).toBe('还剩 {n} 条')
  // @ts-expect-error no such key
  expect(() => t('absent')).toThrow()
  // @ts-expect-error the English text is missing
  texts({ one: ['只有中文'] })
})
