import { expect, test } from 'vitest'
import { contentOf, daysOf, emptyFields } from './form'

test('days are read as people write them', () => {
  expect(daysOf('14, 7，3、1')).toEqual([14, 7, 3, 1])
  expect(daysOf('')).toEqual([])
  expect(daysOf('a')).toBeUndefined()
  expect(daysOf('-1')).toBeUndefined()
  expect(daysOf('91')).toBeUndefined()
})

test('only the phases that are used are sent, and a latest day only where there may be one', () => {
  const fields = emptyFields()
  Object.assign(fields, { name: ' 秋季认证 ', begins_on: '2026-12-01', ends_on: '2026-12-31' })
  Object.assign(fields.phases[2]!, { deadline: '2026-12-20', latest: '2026-12-25' })
  const sent = contentOf(fields)
  expect(sent.name).toBe('秋季认证')
  expect(sent.phases).toEqual([{ phase: 'certification', begins_on: '2026-12-01', deadline: '2026-12-20', later: 'locked', latest: null }])
})
