// The API as TypeScript sees it. Each module's part stands in a file of its own; all of them together are `paths`.
import type { AccountPaths } from './accounts'
import type { AdministrationPaths } from './administration'
import type { ApplicationPaths, ReviewPaths } from './applications'
import type { CardPaths } from './cards'
import type { OrganisationImportPaths, OrganisationPaths } from './organisations'
import type { RolloutPaths } from './rollout'
import type { RosterPaths } from './roster'

export type Role = 'province_admin' | 'city_admin' | 'county_admin' | 'school_admin' | 'class_teacher'

export interface Page<T> {
  items: T[]
  next?: string | null
}

/** One operation in the shape that openapi-typescript makes. */
export type Operation<Result, Input extends { path?: object; query?: object; body?: unknown } = object> = {
  parameters: Pick<Input, keyof Input & ('path' | 'query')>
  responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': Result } } }
} & (Input extends { body: infer B } ? { requestBody: { content: { 'application/json': B } } } : object)

export type paths = AccountPaths & AdministrationPaths & ApplicationPaths & CardPaths & OrganisationImportPaths & OrganisationPaths & ReviewPaths & RolloutPaths & RosterPaths
