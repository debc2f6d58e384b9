import { api } from '@/api/client'
import type { Organisation } from '@/api/organisations'

/** All classes of a school, by grade and number. */
export async function classesOf(school: string): Promise<Organisation[]> {
  const found: Organisation[] = []
  let cursor: string | undefined
  do {
    const page = await api.get('/api/v1/organisations/{id}/children', { params: { path: { id: school }, query: { limit: 200, ...(cursor ? { cursor } : {}) } } })
    found.push(...page.items.filter(one => one.kind === 'class'))
    cursor = page.next ?? undefined
  } while (cursor)
  return found.sort((a, b) => (a.grade ?? 0) - (b.grade ?? 0) || (a.class_number ?? 0) - (b.class_number ?? 0))
}

/** Pupils of one year in one stage are a grade. */
export const gradeKey = (one: Organisation) => `${one.stage ?? ''}:${one.entry_year ?? ''}`
