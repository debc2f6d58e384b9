import type { PersonKind } from './applications'
import type { Operation, Page } from './types'

export type Certification = 'not_begun' | 'in_review' | 'returned' | 'certified'
export type ImportState = 'checking' | 'ready' | 'applying' | 'done' | 'failed' | 'cancelled'
export type RowOutcome = 'fresh' | 'changed' | 'unchanged' | 'rejected' | 'missing'
export type RosterField =
  | 'name' | 'document_number' | 'document_kind' | 'gender' | 'birth_date' | 'school_code' | 'school_name' | 'grade' | 'class_name' | 'entry_year'
  | 'student_number' | 'guardian_name' | 'guardian_relation' | 'guardian_phone' | 'guardian2_name' | 'guardian2_relation' | 'guardian2_phone'
  | 'post' | 'subjects' | 'appointed_on'

export interface ImportCounts {
  rows: number
  fresh: number
  changed: number
  unchanged: number
  rejected: number
  missing: number
}

export interface ImportColumn {
  sheet: number
  heading: string
  key: string
  field?: RosterField
}

export interface RosterImport {
  id: string
  organisation_id: string
  kind: PersonKind
  file_name: string
  state: ImportState
  error?: string
  job_id: string
  columns: ImportColumn[]
  counts: ImportCounts
  missing_classes: { school_name: string; name: string; rows: number }[]
  applied: number
  options: { create_classes: boolean; mark_missing_left: boolean }
  created_at: string
  finished_at?: string
}

export interface ImportRow {
  ordinal: number
  sheet: number
  line: number
  outcome: RowOutcome
  faults: { field: string; code: string; line?: number; message?: string }[]
  changes: string[]
  name: string
  number_mask: string
}

export interface RosterEntry {
  id: string
  school_id: string
  class_id?: string
  kind: PersonKind
  name: string
  document_kind: string
  number_mask: string
  gender: string
  birth_date?: string
  entry_year?: number
  certification: Certification
}

type One = { path: { id: string } }

export interface RosterPaths {
  '/api/v1/roster-imports': { get: Operation<Page<RosterImport>, { query: { organisation_id: string } }> }
  '/api/v1/roster-imports/{id}': { get: Operation<RosterImport, One> }
  '/api/v1/roster-imports/{id}/mapping': { put: Operation<RosterImport, One & { body: { columns: { key: string; field?: RosterField }[] } }> }
  '/api/v1/roster-imports/{id}/rows': { get: Operation<Page<ImportRow>, One & { query?: { outcome?: RowOutcome; cursor?: string; limit?: number } }> }
  '/api/v1/roster-imports/{id}/confirm': { post: Operation<RosterImport, One & { body: { create_classes: boolean; mark_missing_left: boolean } }> }
  '/api/v1/roster-imports/{id}/cancel': { post: Operation<RosterImport, One> }
  '/api/v1/roster-entries': {
    get: Operation<Page<RosterEntry>, { query: { organisation_id: string; query?: string; kind?: PersonKind; certification?: Certification; cursor?: string; limit?: number } }>
  }
  '/api/v1/roster-entries/{id}/reveal': { post: Operation<{ number: string }, One> }
}
