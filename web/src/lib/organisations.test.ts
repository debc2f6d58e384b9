import { expect, test } from 'vitest'
import { outermost } from './organisations'

test('What lies below another is left out, and the same one twice is kept once', () => {
  const all = [{ path: '/1/32/' }, { path: '/1/32/3201/' }, { path: '/1/32/' }, { path: '/1/33/' }, { path: '/1/3/' }]
  expect(outermost(all).map(one => one.path)).toEqual(['/1/32/', '/1/33/', '/1/3/'])
})
