import type { Phase } from './campaigns'
import type { RestructuringAct } from './restructuring'
import type { Schema } from './types'

export type Notice = Schema<'notices.Notice'>

/** What notices of the kinds that this client has words for carry. */
export interface DigestItem {
  campaign_id: string
  campaign: string
  phase?: Phase // notices of earlier releases have none: the certification
  organisation_id: string
  organisation: string
  kind?: string
  deadline: string
  days_left: number
  missing: number
}
export interface CampaignDetails {
  by?: string
  items: DigestItem[]
}
export interface BroughtForwardDetails {
  campaign: string
  organisation: string
  phase: Phase
  before: string
  after: string
}
export interface AppDetails {
  app: string
  act: 'approved' | 'returned' | 'to_test'
  reason: string
}
export interface DelegationDetails {
  from_name?: string
  organisation: string
  starts_on: string
  ends_on: string
}
export interface BulkDoneDetails {
  action: 'reopen' | 'close' | 'undo'
  by: string
  school: string
  done: number
  reason: string
}
export interface FailedPlanDetails {
  act: RestructuringAct
  organisations: string
  into: string
  on: string
  error: string
  error_name?: string
}
export interface TrainingDetails {
  session_id: string
  title: string
  organisation: string
  begins_at: string
  place: string
  reason: string
}
