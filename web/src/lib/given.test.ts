import { expect, test } from 'vitest'
import { given } from './given'

test('what is asked for and came once', () => {
  expect(given({ state: 'a', other: 'b', scope: null }, ['state', 'scope', 'nonce'])).toEqual({ state: 'a' })
})

test('what came more than once is told and not taken, also what nobody knows', () => {
  expect(given({ state: ['a', 'b'], other: ['c', 'd'], nonce: 'n' }, ['state', 'nonce'])).toEqual({ nonce: 'n', repeated: ['state', 'other'] })
})
