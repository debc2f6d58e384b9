import { expect, test } from 'vitest'
import { faultsOf, firstOpen, mayChange, stepOfField, withoutClass } from './steps'

const guardian = { name: '李明', relation: 'father', phone: '138 0013 8000' } as const

test('The first open question follows the profile', () => {
  expect(firstOpen('student', {})).toBe('name')
  expect(firstOpen('student', { name: '李子涵' })).toBe('school')
  expect(firstOpen('student', { name: '李子涵', school_id: '1' })).toBe('class')
  expect(firstOpen('student', { name: '李子涵', school_id: '1', class_id: '2', entry_year: 2024 })).toBe('guardians')
  expect(firstOpen('student', { name: '李子涵', school_id: '1', class_id: '2', entry_year: 2024, guardians: [guardian] })).toBe('check')
  expect(firstOpen('teacher', { name: '陈静姝', school_id: '1' })).toBe('work')
})

test('Each guardian is checked by itself', () => {
  expect(Object.keys(faultsOf('guardians', 'student', { guardians: [guardian, { name: '王芳', phone: '12' }] }))).toEqual(['guardians[1].relation', 'guardians[1].phone'])
})

test('A class teacher says which class', () => {
  const teacher = { appointed_on: '2020-09-01', subjects: ['语文'] }
  expect(faultsOf('work', 'teacher', teacher)).toEqual({})
  expect(Object.keys(faultsOf('work', 'teacher', { ...teacher, class_teacher: true }))).toEqual(['class_id'])
})

test('Fields of the server lead to their question', () => {
  expect(stepOfField('profile.guardians[0].phone', 'student')).toBe('guardians')
  expect(stepOfField('class_id', 'student')).toBe('class')
  expect(stepOfField('class_id', 'teacher')).toBe('work')
})

test('A profile of another kind keeps no class, and the form’s own is left alone', () => {
  const profile = { name: '李子涵', school_id: '1', class_id: '2', guardians: [guardian] }
  expect(withoutClass(profile)).toEqual({ name: '李子涵', school_id: '1', guardians: [guardian] })
  expect(profile.class_id).toBe('2')
  expect(withoutClass({})).toEqual({})
})

test('Only what is not in review and not decided may be changed', () => {
  const states = ['draft', 'submitted', 'returned', 'withdrawn', 'approved', 'rejected'] as const
  expect(states.filter(state => mayChange({ state }))).toEqual(['draft', 'returned', 'withdrawn'])
})
