import type { Schema } from './types'

export type AppLine = Schema<'portal.AppLine'>
export type AppDetail = Schema<'portal.AppDetail'>
export type AppDraft = Schema<'portal.Draft'>
export type AppMember = AppDetail['members'][number]
export type DirectoryApp = Schema<'portal.DirectoryApp'>
export type Membership = Schema<'portal.Membership'>
export type Usage = Schema<'portal.Usage'>
export type Category = DirectoryApp['category']
export type AppClaim = DirectoryApp['essential'][number]
export type AppState = AppLine['state']
