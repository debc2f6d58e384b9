import type { Operation, Page } from './types'

export interface AuditEvent {
  id: string
  at: string
  account_id?: string
  action: string
  organisation_path: string
  subject_kind: string
  subject: string
  details: unknown
  /** In a signed block. */
  sealed: boolean
}

export interface AdministrationPaths {
  '/api/v1/audit-events': {
    get: Operation<Page<AuditEvent>, { query?: { organisation_id?: string; action?: string; account_id?: string; subject?: string; from?: string; until?: string; cursor?: string; limit?: number } }>
  }
}
