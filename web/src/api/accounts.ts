import type { Operation, Role } from './types'

/** A role in force, with the organisation it is for. */
export interface Appointed {
  role: Role
  organisation: { id: string; name: string; path: string }
}

export interface Me {
  account_id: string
  name: string
  appointments: Appointed[]
}

export interface AccountPaths {
  '/api/v1/me': { get: Operation<Me> }
  '/api/v1/sessions/current': { delete: Operation<void> }
}
