import type { OrganisationKind } from './organisations'
import type { Operation, Page, Role } from './types'

/** A role in force, with the organisation it is for. */
export interface RoleView {
  appointment_id: string
  role: Role
  organisation_id: string
  organisation_name: string
  organisation_kind: OrganisationKind
  path: string
  ends_at?: string
}

export type DocumentKind = string

export interface Me {
  account_id: string
  /** Once certified. */
  person_id?: string
  session_id: string
  user_name: string
  name: string
  document_kind?: DocumentKind
  document_number?: string
  birth_date?: string
  phone?: string
  language: 'zh_cn' | 'en'
  must_change_password: boolean
  roles: RoleView[]
  next: ('change_password' | 'apply')[]
}

export interface Appointment {
  id: string
  account_id: string
  user_name: string
  name: string
  role: Role
  organisation_id: string
  starts_at: string
  ends_at?: string
  appointed_by?: string
}

export interface Appoint {
  organisation_id: string
  role: Role
  user_name: string
  name?: string
  starts_at?: string
  ends_at?: string
  replace?: boolean
}

export interface Appointed {
  appointment: Appointment
  /** Shown once, to be handed over in person. */
  one_time_password?: string
  one_time_password_expires_at?: string
}

export interface AccountPaths {
  '/api/v1/me': { get: Operation<Me> }
  '/api/v1/sessions/{id}': { delete: Operation<void, { path: { id: string } }> }
  '/api/v1/appointments': {
    get: Operation<Page<Appointment>, { query: { organisation_id: string; below?: boolean; cursor?: string; limit?: number } }>
    post: Operation<Appointed, { body: Appoint }>
  }
  '/api/v1/appointments/{id}': { delete: Operation<void, { path: { id: string } }> }
}
