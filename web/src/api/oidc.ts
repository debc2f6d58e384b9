import type { Schema } from './types'

export type SchoolApp = Schema<'oidc.SchoolApproval'>
export type SchoolAppCandidate = Schema<'oidc.SchoolAppCandidate'>
