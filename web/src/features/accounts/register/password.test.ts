import { expect, test } from 'vitest'
import { findPasswordFault } from './password'

const fault = (password: string, personal: string[] = []) => findPasswordFault(password, personal)

test('Length counts in characters', () => {
  expect(fault('kf7 wq2')).toBe('short')
  expect(fault('kf7 wq2x')).toBeUndefined()
  expect(fault('春天花会开鸟儿')).toBe('short')
  expect(fault('春天花会开鸟儿来')).toBeUndefined()
  expect(fault('kq7w'.repeat(64))).toBeUndefined()
  expect(fault('kq7w'.repeat(64) + 'x')).toBe('long')
})

test('Repetitions, runs and dates are too simple', () => {
  for (const word of ['aaaaaaaaaa', 'ababababab', '23456789', 'hgfedcba', '20120315', '19991231']) expect(fault(word), word).toBe('simple')
  expect(fault('20129915')).toBeUndefined()
})

test('What acquaintances know is not enough', () => {
  const personal = ['wanglei', '320106199003150017', '13812345678']
  for (const word of ['wanglei88', 'WangLei-2026', '199003150017', '13812345678w']) expect(fault(word, personal), word).toBe('personal')
  expect(fault('wanglei likes green tea', personal)).toBeUndefined()
  expect(fault('ab green tea', ['', 'ab'])).toBeUndefined()
})
