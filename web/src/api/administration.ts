import type { Schema } from './types'

export type JobView = Schema<'JobView'>
export type AuditEvent = Schema<'administration.AuditEventView'>
