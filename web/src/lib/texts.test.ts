// The compiler finds missing keys and translations; this finds empty ones, wrong languages, parameters that only one side has, and counts without a singular.
import { describe, expect, test } from 'vitest'

const files = import.meta.glob<string>(['/src/**/*texts.ts', '/src/**/titles.ts', '/src/lib/roles.ts', '!/src/**/*.test.ts'], { query: '?raw', import: 'default', eager: true })
const literal = `'((?:[^'\\\\]|\\\\.)*)'`
const pair = new RegExp(`\\[${literal}, ${literal}\\]`, 'g')
const parameters = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(found => found[1]).sort()
const sameInBoth = new Set(['English', '中文'])

describe.each(Object.entries(files))('%s', (_name, source) => {
  const pairs = [...source.matchAll(pair)].map(found => [found[1]!, found[2]!] as const)

  test('has texts', () => expect(pairs.length).toBeGreaterThan(0))

  test.each(pairs)('%s: %s', (chinese, english) => {
    expect(chinese.trim()).not.toBe('')
    expect(english.trim()).not.toBe('')
    expect(parameters(english)).toEqual(parameters(chinese))
    const counted = [...english.matchAll(/\{(\w+):[^|}]+\|[^}]+\}/g)].map(found => found[1])
    for (const name of counted) expect(parameters(english)).toContain(name)
    expect(english, 'says "1 rows"; write {n} {n:row|rows}').not.toMatch(/\{n\} [a-z]+s\b|\b(are|were) \{n\}/)
    if (sameInBoth.has(chinese)) return
    expect(english).not.toMatch(/\p{Script=Han}/u)
    expect(chinese.replace(/\{\w+\}/g, '')).toMatch(/[\p{Script=Han}\d\W]/u)
  })
})
