import type { Body, Schema } from './types'

export type Me = Schema<'accounts.Me'>
/** A role in force, with the organisation it is for. */
export type RoleView = Schema<'accounts.RoleView'>
export type DocumentKind = Schema<'people.Document'>['kind']
export type Captcha = Schema<'accounts.Captcha'>
export type Registration = Body<'/api/v1/accounts', 'post'>
export type ConsentInput = Schema<'accounts.ConsentInput'>
export type GuardianRelation = ConsentInput['relation']
export type ConsentPurpose = ConsentInput['purposes'][number]
export type Consent = Schema<'accounts.Consent'>
export type SecondFactor = Schema<'accounts.SecondFactorView'>
export type AuthenticatorOffer = Schema<'accounts.AuthenticatorOffer'>
export type Passkey = Schema<'accounts.PasskeyView'>
export type PasskeyChallenge = Schema<'accounts.PasskeyChallenge'>
export type PasskeyOffer = Schema<'accounts.PasskeyOffer'>
export type PasskeyAnswer = Schema<'accounts.PasskeyAnswer'>
export type SecondWay = Schema<'accounts.EnteredView'>['ways'][number]
export type AccountEvent = Schema<'accounts.AccountEvent'>
export type Recovered = Schema<'accounts.Recovered'>
export type SessionView = Schema<'accounts.SessionView'>
export type Appointment = Schema<'accounts.Appointment'>
export type Appointed = Schema<'accounts.Appointed'>
