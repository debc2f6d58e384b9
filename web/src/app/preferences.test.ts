import { afterEach, expect, test } from 'vitest'
import { language, setLanguage } from '@/lib/i18n'
import { suggestLanguage } from './preferences'

afterEach(() => {
  localStorage.clear()
  setLanguage('zh-CN')
})

test('the first language that there is, for whoever has chosen none', () => {
  suggestLanguage('fr en-GB zh-CN')
  expect(language.value).toBe('en')
  suggestLanguage('fr')
  expect(language.value).toBe('en')
})

test('what somebody chose on the device stays', () => {
  localStorage.setItem('educard.preferences', '{"language":"zh-CN"}')
  suggestLanguage('en')
  expect(language.value).toBe('zh-CN')
})
