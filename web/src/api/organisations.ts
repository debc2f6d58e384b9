import type { Operation, Page } from './types'

export type OrganisationKind = 'province' | 'city' | 'county' | 'unit' | 'school' | 'class'
export type Stage = 'primary' | 'junior' | 'senior' | 'vocational' | 'special'
export type SchoolKind =
  | 'primary' | 'primary_branch' | 'junior' | 'nine_year' | 'vocational_junior' | 'complete' | 'senior' | 'twelve_year' | 'vocational'
  | 'technical' | 'teacher_training' | 'adult_secondary' | 'vocational_senior' | 'skilled_workers' | 'correctional' | 'blind' | 'deaf'
  | 'intellectual' | 'other_special'

export interface Organisation {
  id: string
  parent_id?: string
  kind: OrganisationKind
  path: string
  name: string
  division_code?: string
  direct: boolean
  school_code?: string
  school_kind?: SchoolKind
  school_kind_code?: string
  stage?: Stage
  entry_year?: number
  class_number?: number
  grade?: number
  grade_name?: string
  valid_from: string
  valid_to?: string
  version: number
  may_edit: boolean
}

export interface OrganisationDetail extends Organisation {
  /** From the province down to it. */
  line: { id: string; kind: OrganisationKind; name: string }[]
  may_create: OrganisationKind[]
}

export interface OrganisationDraft {
  parent_id: string
  kind: OrganisationKind
  name?: string
  division_code?: string
  school_code?: string
  school_kind?: SchoolKind
  stage?: Stage
  entry_year?: number
  class_number?: number
  valid_from?: string
}

export interface OrganisationChange {
  version: number
  effective_on?: string
  name?: string
  parent_id?: string
  division_code?: string
  school_code?: string
  school_kind?: SchoolKind
  class_number?: number
}

export interface OrganisationState {
  parent_id?: string
  kind: OrganisationKind
  name: string
  division_code?: string
  school_code?: string
  school_kind?: SchoolKind
  stage?: Stage
  entry_year?: number
  class_number?: number
  change: 'founded' | 'changed' | 'renamed' | 'moved'
  successor_id?: string
  valid_from: string
  valid_to?: string
}

type OneOrganisation = { path: { id: string } }

export interface OrganisationPaths {
  '/api/v1/organisations': {
    get: Operation<Page<Organisation>, { query: { query: string; kind?: OrganisationKind; under?: string; cursor?: string; limit?: number } }>
    post: Operation<OrganisationDetail, { body: OrganisationDraft }>
  }
  '/api/v1/organisations/{id}': {
    get: Operation<OrganisationDetail, OneOrganisation & { query?: { as_of?: string } }>
    patch: Operation<OrganisationDetail, OneOrganisation & { body: OrganisationChange }>
  }
  '/api/v1/organisations/{id}/children': { get: Operation<Page<Organisation>, OneOrganisation & { query?: { cursor?: string; limit?: number } }> }
  '/api/v1/organisations/{id}/history': { get: Operation<OrganisationState[], OneOrganisation> }
  '/api/v1/organisations/{id}/close': { post: Operation<OrganisationDetail, OneOrganisation & { body: { version: number; valid_to?: string; successor_id?: string } }> }
}

export type OrganisationImportKind = 'schools' | 'classes'
export type OrganisationImportOutcome = 'fresh' | 'changed' | 'unchanged' | 'rejected'

export interface OrganisationImport {
  id: string
  organisation_id: string
  kind: OrganisationImportKind
  state: 'ready' | 'confirmed'
  file_name: string
  fresh: number
  changed: number
  unchanged: number
  rejected: number
  created_at: string
  confirmed_at?: string
}

export interface OrganisationImportRow {
  ordinal: number
  line: number
  outcome: OrganisationImportOutcome
  name: string
  field?: string
  /** A message key. */
  reason?: string
}

export interface OrganisationImportPaths {
  '/api/v1/organisation-imports/{id}': { get: Operation<OrganisationImport, OneOrganisation> }
  '/api/v1/organisation-imports/{id}/rows': {
    get: Operation<Page<OrganisationImportRow>, OneOrganisation & { query?: { outcome?: OrganisationImportOutcome; cursor?: string; limit?: number } }>
  }
  '/api/v1/organisation-imports/{id}/confirm': { post: Operation<OrganisationImport, OneOrganisation> }
}
