// Rosters as schools export them, and their import over the API.
import assert from 'node:assert/strict'
import { eventually } from './client.mjs'

/** A CSV of pupils of one class. */
export function rosterOf(people, className, entryYear) {
  const rows = people.map(person =>
    [person.name, person.gender === 'male' ? '男' : '女', person.number, className, entryYear, person.guardian, '母亲', person.phone].join(','),
  )
  return ['姓名,性别,身份证件号码,班级,入学年份,监护人姓名,监护人关系,监护人电话', ...rows].join('\r\n') + '\r\n'
}

/** Waits until an import is in one of these states. */
export function settled(client, id, states) {
  return eventually(async () => {
    const found = await client.get(`/api/v1/roster-imports/${id}`)
    assert.ok(found.state !== 'failed' || states.includes('failed'), JSON.stringify(found))
    return states.includes(found.state) && found
  }, `import ${id} to be ${states.join(' or ')}`, 180)
}

/** Uploads and lets the dry run end. */
export async function dryRun(client, organisation, content, { kind = 'student', fileName = '名册.csv' } = {}) {
  const body = typeof content === 'string' ? new TextEncoder().encode(content) : content
  const path = `/api/v1/roster-imports?organisation_id=${organisation}&kind=${kind}&file_name=${encodeURIComponent(fileName)}`
  const { id } = await client.post(path, body)
  return settled(client, id, ['ready', 'failed'])
}

/** Dry run, confirmation, and the end of it. */
export async function importRoster(client, organisation, content, options = {}) {
  const ready = await dryRun(client, organisation, content, options)
  assert.equal(ready.state, 'ready', JSON.stringify(ready))
  await client.post(`/api/v1/roster-imports/${ready.id}/confirm`, { create_classes: options.createClasses ?? true, mark_missing_left: options.markMissingLeft ?? false })
  return settled(client, ready.id, ['done'])
}
