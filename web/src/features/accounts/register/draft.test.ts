import { expect, test } from 'vitest'
import { checkDigit } from '@/lib/documents'
import { draft, firstOpen, forgetDraft, needsConsent, pathOf, restoreDraft, stepOfField } from './draft'

const numberOf = (born: string) => `320106${born.replaceAll('-', '')}002` + checkDigit(`320106${born.replaceAll('-', '')}002`)
const yearsAgo = (years: number) => `${new Date().getFullYear() - years}-01-01`

test('Consent is asked for below fourteen only', () => {
  Object.assign(draft, { who: 'guardian', number: numberOf(yearsAgo(10)) })
  expect(needsConsent()).toBe(true)
  expect(pathOf()).toContain('consent')
  draft.number = numberOf(yearsAgo(16))
  expect(pathOf()).not.toContain('consent')
})

test('The first open question follows the answers', () => {
  forgetDraft()
  expect(firstOpen()).toBe('who')
  draft.who = 'teacher'
  expect(firstOpen()).toBe('document')
  draft.number = numberOf(yearsAgo(40))
  expect(firstOpen()).toBe('name')
  draft.name = '陈静姝'
  expect(firstOpen()).toBe('account')
})

test('Numbers and passwords are in no storage', async () => {
  forgetDraft()
  restoreDraft()
  Object.assign(draft, { who: 'student', number: numberOf(yearsAgo(15)), name: '李子涵', password: 'correct horse' })
  await Promise.resolve()
  const kept = sessionStorage.getItem('educard.registration')!
  expect(kept).toContain('李子涵')
  expect(kept).not.toContain(draft.number)
  expect(kept).not.toContain('correct')
})

test('Fields of the server lead to their question', () => {
  expect(stepOfField('document.number')).toBe('document')
  expect(stepOfField('consent.phone')).toBe('consent')
  expect(stepOfField('user_name')).toBe('account')
  expect(stepOfField('captcha.answer')).toBe('check')
})
