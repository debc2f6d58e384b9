import { expect, test } from 'vitest'
import { ageOn, birthDate, findFault, isDay, mask, tidyNumber } from './documents'

test.each(['11010519491231002X', '440524188001010014', '11010519491231002x', ' 110105 19491231 002X ', '１１０１０５１９４９１２３１００２Ｘ'])('%s is a citizen number', number => {
  expect(findFault('resident_id', number)).toBeUndefined()
})

test.each([
  ['', 'empty'],
  ['1101051949123100', 'length'],
  ['11010519491231A02X', 'characters'],
  ['110105194902300028', 'date'],
  ['110105299912310026', 'future_date'],
  ['110105194912310021', 'check_digit'],
] as const)('%s has the fault %s', (number, fault) => {
  expect(findFault('resident_id', number)).toBe(fault)
})

test('Other documents only have to look like a number', () => {
  expect(findFault('passport', 'E12345678')).toBeUndefined()
  expect(findFault('officer', '南字第0123456号')).toBeUndefined()
  expect(findFault('passport', '?')).toBe('implausible')
})

test('The number tells the birthday', () => {
  expect(birthDate('11010519491231002X')).toBe('1949-12-31')
  expect(birthDate('110105194902300028')).toBeUndefined()
})

test('Age counts completed years', () => {
  expect(ageOn('2012-11-24', new Date(2026, 10, 23))).toBe(13)
  expect(ageOn('2012-11-23', new Date(2026, 10, 23))).toBe(14)
})

test('Days are days of the calendar', () => {
  expect(isDay('2024-02-29')).toBe(true)
  expect(isDay('2023-02-29')).toBe(false)
  expect(isDay('2023-2-9')).toBe(false)
})

test('Masked numbers keep three and four characters', () => {
  expect(mask('11010519491231002X')).toBe('110***********002X')
  expect(tidyNumber('１１０x ')).toBe('110X')
})
