import { expect, test } from 'vitest'
import { Problem } from '@/api/problem'
import { useForm } from './form'

test('Errors of the server stand at the fields of the form', async () => {
  const form = useForm('school')
  const accepted = await form.send(async () => {
    throw new Problem(422, 'input.invalid', 'Invalid', [{ path: 'name', code: 'required', message: 'Give a name' }])
  })
  expect(accepted).toBe(false)
  expect(form.errors.value).toEqual({ 'school-name': 'Give a name' })
  expect(form.error('name')).toBe('Give a name')
  expect(form.general.value).toBeUndefined()
})

test('A refusal without fields is said as a whole, and is gone with the next try', async () => {
  const form = useForm('school')
  await form.send(async () => {
    throw new Problem(409, 'organisations.changed_meanwhile', 'Somebody was faster')
  })
  expect(form.general.value).toBe('Somebody was faster')
  expect(await form.send(async () => undefined)).toBe(true)
  expect(form.general.value).toBeUndefined()
})

test('Checks of our own come first', () => {
  const form = useForm('x')
  expect(form.check({ name: 'missing', code: false, kind: undefined })).toBe(false)
  expect(form.errors.value).toEqual({ 'x-name': 'missing' })
  expect(form.check({})).toBe(true)
})
