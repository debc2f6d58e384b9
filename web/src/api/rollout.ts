import type { OrganisationKind } from './organisations'
import type { Operation } from './types'

/** People by how far their certification has come. */
export interface Counts {
  not_begun: number
  in_review: number
  returned: number
  certified: number
}

export interface NodeProgress {
  id: string
  kind: OrganisationKind
  name: string
  code?: string
  counts: Counts
  by_kind: { student: Counts; teacher: Counts; staff: Counts }
}

export interface Progress {
  organisation: NodeProgress
  children: NodeProgress[]
  as_of: string
}

export interface RolloutPaths {
  '/api/v1/progress': { get: Operation<Progress, { query?: { organisation_id?: string } }> }
}
