import type { Body, Schema } from './types'

export type ChildView = Schema<'families.ChildView'>
export type ChildDetail = Schema<'families.ChildDetail'>
export type ChildApp = Schema<'oidc.ChildApp'>
export type FellowGuardian = Schema<'families.FellowGuardian'>
export type GuardianLink = Schema<'families.LinkView'>
export type GuardiansOfChild = Schema<'families.GuardiansOfChild'>
export type Invitation = Schema<'families.InvitationView'>
export type LinkEvent = Schema<'families.HistoryItem'>
export type Rights = GuardianLink['rights']
export type LinkState = GuardianLink['state']
export type Join = Body<'/api/v1/family/join', 'post'>
