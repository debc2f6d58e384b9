// The API as TypeScript sees it. Each module's part stands in a file of its own; all of them together are `paths`.
import type { AccountPaths } from './accounts'

export type Role = 'province_admin' | 'city_admin' | 'county_admin' | 'school_admin' | 'class_teacher'

export interface Page<T> {
  items: T[]
  next?: string | null
}

/** One operation in the shape that openapi-typescript makes. */
export type Operation<Result, Input extends { path?: object; query?: object; body?: unknown } = object> = {
  parameters: {
    path: Input extends { path: infer P } ? P : never
    query: Input extends { query: infer Q } ? Q : never
    header?: never
    cookie?: never
  } extends infer All ? { [K in keyof All as All[K] extends never ? never : K]: All[K] } : never
  responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': Result } } }
} & (Input extends { body: infer B } ? { requestBody: { content: { 'application/json': B } } } : object)

export type paths = AccountPaths
