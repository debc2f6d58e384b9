// Names for what the API says of itself (schema.d.ts, made by tools/make_api_types.mjs from the server's description). Only types.
import type { components, paths } from './schema'

/** A struct of the server, by its name in the API's description. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name]

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'
/** The paths that know a method. */
export type PathsWith<M extends Method> = { [Path in keyof paths]: paths[Path] extends Record<M, { responses: unknown }> ? Path : never }[keyof paths]
type Operation<Path extends keyof paths, M extends Method> = NonNullable<paths[Path][M]>

type Parameters<O> = O extends { parameters: infer All } ? Pick<All, keyof All & ('path' | 'query')> : never
type Content<T> = T extends { content: { 'application/json': infer Json } } ? Json : never

/** What a request carries as its JSON body. */
export type Body<Path extends keyof paths, M extends Method> = Operation<Path, M> extends { requestBody?: infer Sent } ? Content<NonNullable<Sent>> : never

type WithParameters<O> = object extends Parameters<O> ? { params?: Parameters<O> } : { params: Parameters<O> }
type WithBody<Path extends keyof paths, M extends Method> = [Body<Path, M>] extends [never] ? { body?: never } : Operation<Path, M> extends { requestBody: object } ? { body: Body<Path, M> } : { body?: Body<Path, M> }
type Asked<Path extends keyof paths, M extends Method> = WithParameters<Operation<Path, M>> & WithBody<Path, M> & { signal?: AbortSignal; keepalive?: boolean }
/** What a call takes beside the path: nothing when nothing of it is required. */
export type Options<Path extends keyof paths, M extends Method> = object extends Asked<Path, M> ? [options?: Asked<Path, M>] : [options: Asked<Path, M>]

/** The body of a success. */
export type Answer<Path extends keyof paths, M extends Method> = Operation<Path, M> extends { responses: infer All } ? ([Content<All[keyof All & (200 | 201 | 202)]>] extends [never] ? void : Content<All[keyof All & (200 | 201 | 202)]>) : never

export type Role = Schema<'accounts.RoleView'>['role']

export interface Page<T> {
  items: T[]
  next?: string | null
}
