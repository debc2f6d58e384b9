import type { Schema } from './types'

export type BulkWork = Schema<'applications.BulkWork'>
export type BulkAction = BulkWork['action']
export type BulkSchool = Schema<'applications.BulkSchool'>
export type BulkItem = Schema<'applications.BulkItemView'>
export type BulkOutcome = BulkItem['outcome']
