import type { Operation, Page, Role } from './types'

export type PersonKind = 'student' | 'teacher' | 'staff'
export type ApplicationState = 'draft' | 'submitted' | 'returned' | 'withdrawn' | 'approved' | 'rejected'
export type RosterMatch = 'exact' | 'differs' | 'none'
export type FieldMatch = 'same' | 'same_after_folding' | 'look_alike' | 'different' | 'missing'

export interface Guardian {
  name?: string
  relation?: 'father' | 'mother' | 'grandparent' | 'other_relative' | 'guardian'
  phone?: string
  document?: { kind: string; number: string }
}

export interface Profile {
  name?: string
  school_id?: string
  class_id?: string
  entry_year?: number
  guardians?: Guardian[]
  appointed_on?: string
  subjects?: string[]
  class_teacher?: boolean
  post?: string
}

/** Who has to decide now, since when and until when. */
export interface Turn {
  role: Role
  organisation_id: string
  organisation: string
  since: string
  due_at?: string
}

export interface ApplicationView {
  id: string
  kind: PersonKind
  state: ApplicationState
  profile: Profile
  school?: string
  class_name?: string
  turn?: Turn
  submitted_at?: string
  decided_at?: string
  reason?: string
  created_at: string
  updated_at: string
  version: number
}

export interface ApplicationEvent {
  kind: 'created' | 'submitted' | 'withdrawn' | 'returned' | 'approved' | 'rejected'
  role?: Role
  delegated: boolean
  reason?: string
  at: string
}

export interface Span {
  start: number
  length: number
}

export interface FieldComparison {
  field: string
  application?: string
  roster?: string
  match: FieldMatch
  application_spans: Span[]
  roster_spans: Span[]
}

export interface ReviewItem {
  id: string
  kind: PersonKind
  state: ApplicationState
  name: string
  school?: string
  class_name?: string
  roster_match: RosterMatch
  submitted_at: string
  version: number
}

export interface ReviewDetail {
  application: ApplicationView
  document_kind: string
  document_mask: string
  roster_match: RosterMatch
  comparison: FieldComparison[]
  competing: { account: string; claimed_at: string; certified: boolean }[]
  history: ApplicationEvent[]
  may_decide: boolean
  may_decide_from?: string
}

export type Verdict = 'approve' | 'send_back' | 'reject'

export interface BulkResult {
  job_id?: string
  state: 'previewed' | 'running' | 'done'
  total: number
  approved: number
  skipped: number
  skips: { id: string; reason: string }[]
}

export interface Delegation {
  id: string
  from_account: string
  to_account: string
  from_name?: string
  to_name?: string
  role: Role
  organisation_id: string
  organisation: string
  starts_on: string
  ends_on: string
  in_force: boolean
}

export interface ReviewQuery {
  state?: ApplicationState
  kind?: PersonKind
  match?: RosterMatch
  query?: string
  organisation_id?: string
  all?: boolean
  cursor?: string
  limit?: number
}

type One = { path: { id: string } }

export interface ApplicationPaths {
  '/api/v1/applications': { get: Operation<Page<ApplicationView>>; post: Operation<ApplicationView, { body: { kind: PersonKind } }> }
  '/api/v1/applications/{id}': { get: Operation<ApplicationView, One>; put: Operation<ApplicationView, One & { body: { version: number; kind?: PersonKind; profile: Profile } }> }
  '/api/v1/applications/{id}/submit': { post: Operation<ApplicationView, One & { body: { version: number } }> }
  '/api/v1/applications/{id}/withdraw': { post: Operation<ApplicationView, One & { body: { version: number } }> }
  '/api/v1/applications/{id}/history': { get: Operation<ApplicationEvent[], One> }
}

export interface ReviewPaths {
  '/api/v1/reviews': { get: Operation<Page<ReviewItem>, { query?: ReviewQuery }> }
  '/api/v1/reviews/{id}': { get: Operation<ReviewDetail, One> }
  '/api/v1/reviews/{id}/reveal': { post: Operation<{ number?: string; guardians?: Guardian[] }, One & { body: { what?: 'document' | 'guardians' } }> }
  '/api/v1/applications/{id}/decision': {
    post: Operation<{ id: string; state: ApplicationState; version: number }, One & { body: { version: number; verdict: Verdict; reason?: string } }>
  }
  '/api/v1/reviews/bulk-preview': {
    post: Operation<{ total: number; token: string; items: ReviewItem[] }, { body: { organisation_id?: string; kind?: PersonKind } }>
  }
  '/api/v1/reviews/bulk': { get: Operation<BulkResult, { query: { token: string } }> }
  '/api/v1/reviews/bulk-approve': { post: Operation<BulkResult, { body: { token: string } }> }
  '/api/v1/delegations': {
    get: Operation<Delegation[]>
    post: Operation<Delegation, { body: { to_account: string; organisation_id: string; starts_on?: string; ends_on: string } }>
  }
  '/api/v1/delegations/{id}': { delete: Operation<void, One> }
  '/api/v1/delegations/colleagues': { get: Operation<{ account_id: string; name: string }[], { query: { organisation_id: string } }> }
}
