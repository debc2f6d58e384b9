import { beforeEach, expect, test } from 'vitest'
import type { Me } from '@/api/accounts'
import { likelyKind, rememberKind } from './registered'

const who = (account_id: string, birth_date?: string) => ({ account_id, birth_date }) as unknown as Me
const yearsAgo = (years: number) => `${new Date().getFullYear() - years}-01-01`
beforeEach(() => localStorage.clear())

test('A child under fourteen is a student', () => expect(likelyKind(who('1', yearsAgo(9)))).toBe('student'))

test('Nothing is guessed of anybody else', () => {
  expect(likelyKind(null)).toBeUndefined()
  expect(likelyKind(who('1'))).toBeUndefined()
  expect(likelyKind(who('1', yearsAgo(16)))).toBeUndefined()
  expect(likelyKind(who('1', yearsAgo(40)))).toBeUndefined()
})

test('What was said at registration is remembered for that account only', () => {
  rememberKind('1', 'teacher')
  expect(likelyKind(who('1', yearsAgo(40)))).toBe('teacher')
  expect(likelyKind(who('2', yearsAgo(40)))).toBeUndefined()
})

test('A slip at registration makes no child a teacher', () => {
  rememberKind('1', 'teacher')
  expect(likelyKind(who('1', yearsAgo(9)))).toBe('student')
})

test('What cannot be read is nothing', () => {
  for (const kept of ['{', 'null', '[]', '"1"', '7']) {
    localStorage.setItem('educard.registered', kept)
    expect(likelyKind(who('1', yearsAgo(16)))).toBeUndefined()
  }
})
