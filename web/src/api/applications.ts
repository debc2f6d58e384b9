import type { Body, Schema } from './types'

export type ApplicationView = Schema<'applications.ApplicationView'>
export type ApplicationState = ApplicationView['state']
export type PersonKind = ApplicationView['kind']
export type Profile = Schema<'applications.Profile'>
export type Guardian = Schema<'applications.Guardian'>
export type ApplicationEvent = Schema<'applications.EventView'>
export type Span = Schema<'applications.Span'>
export type FieldComparison = Schema<'applications.FieldComparison'>
export type ReviewItem = Schema<'applications.ReviewItem'>
export type RosterMatch = ReviewItem['roster_match']
export type ReviewDetail = Schema<'applications.ReviewDetail'>
export type Verdict = Body<'/api/v1/applications/{id}/decision', 'post'>['verdict']
export type BulkPreview = Schema<'applications.BulkPreview'>
export type BulkResult = Schema<'applications.BulkResult'>
export type Delegation = Schema<'applications.DelegationView'>
