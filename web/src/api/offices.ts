import type { Body, Schema } from './types'

export type Office = Schema<'accounts.Office'>
export type OfficeState = Office['state']
export type Contact = Schema<'offices.Contact'>
export type Gap = Schema<'offices.Gap'>
export type GapCounts = Schema<'offices.GapCounts'>
export type ContactImport = Schema<'offices.ContactImport'>
export type ContactRow = Schema<'offices.ContactRow'>
export type OfficeInvitation = Schema<'offices.InvitationView'>
export type Holdings = Schema<'offices.Holdings'>
export type HandOver = Body<'/api/v1/hand-overs', 'post'>
