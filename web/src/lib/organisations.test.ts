import { expect, test } from 'vitest'
import { mayAppoint, outermost } from './organisations'

test('What lies below another is left out, and the same one twice is kept once', () => {
  const all = [{ path: '/1/32/' }, { path: '/1/32/3201/' }, { path: '/1/32/' }, { path: '/1/33/' }, { path: '/1/3/' }]
  expect(outermost(all).map(one => one.path)).toEqual(['/1/32/', '/1/33/', '/1/3/'])
})

test('Offices are given from above, those of the province also by others of the province', () => {
  const place = (id: string, kind: 'province' | 'county' | 'school', path: string) => ({ id, kind, path })
  const [province, county, school] = [place('32', 'province', '/32/'), place('3201', 'county', '/32/3201/'), place('7', 'school', '/32/3201/7/')]
  const office = (role: 'province_admin' | 'county_admin' | 'class_teacher', at: typeof county) => [{ role, organisation_id: at.id, path: at.path }]
  expect(mayAppoint(office('county_admin', county), school)).toBe(true)
  expect(mayAppoint(office('county_admin', county), county)).toBe(false)
  expect(mayAppoint(office('county_admin', county), province)).toBe(false)
  expect(mayAppoint(office('province_admin', province), province)).toBe(true)
  expect(mayAppoint(office('class_teacher', county), school)).toBe(false)
  expect(mayAppoint([], school)).toBe(false)
})
