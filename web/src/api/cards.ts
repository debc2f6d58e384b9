import type { Operation } from './types'

export type CardRole = 'student' | 'teacher' | 'staff'
export type CardState = 'active' | 'suspended' | 'left' | 'revoked'

export interface Card {
  card_number: string
  state: CardState
  reason?: 'lost' | 'misuse' | 'mistake' | 'left' | 'other'
  issued_at: string
  changed_at: string
  /** These are absent when the person is nothing anywhere at present. */
  name?: string
  role?: CardRole
  school?: string
  school_code?: string
  stage?: string
  class_name?: string
  entry_year?: number
}

export interface EnrolledDevice {
  id: string
  name: string
  created_at: string
  expires_at: string
  credential: string
  status_uri: string
  status_index: number
}

export interface CardDevice {
  id: string
  name: string
  /** Of the public key, by which a client finds itself. */
  thumbprint: string
  created_at: string
  expires_at: string
  /** The card says something else by now: enrol the same key again. */
  outdated: boolean
}

export interface VerificationAnswer {
  result: 'accept' | 'caution' | 'refuse'
  reason: string
  checked: 'code' | 'number'
  name?: string
  role?: string
  school_code?: string
  school?: string
  stage?: string
  card_number?: string
  issued_at?: string
  expires_at?: string
  shown_at?: string
  checked_at: string
}

export interface DeviceEnrolment {
  public_key: { kty: 'EC'; crv: 'P-256'; x: string; y: string }
  name: string
  time: number
  proof: string
}

export interface CardPaths {
  '/api/v1/card': { get: Operation<Card> }
  '/api/v1/card/devices': { get: Operation<CardDevice[]>; post: Operation<EnrolledDevice, { body: DeviceEnrolment }> }
  '/api/v1/card/devices/{id}': { delete: Operation<void, { path: { id: string } }> }
  '/api/v1/card/report-lost': { post: Operation<Card> }
  '/api/v1/issuer-keys': { get: Operation<{ issuer: string; keys: { kty: string; crv: string; x: string; y: string; kid: string }[]; cose_keys: string }> }
  '/api/v1/verifications': { post: Operation<VerificationAnswer, { body: { code: string } }> }
}
