import type { OrganisationKind } from './organisations'
import type { Operation, Page, Role } from './types'

/** A role in force, with the organisation it is for. */
export interface RoleView {
  appointment_id: string
  role: Role
  organisation_id: string
  organisation_name: string
  organisation_kind: OrganisationKind
  path: string
  ends_at?: string
}

export type DocumentKind =
  | 'resident_id' | 'officer' | 'soldier' | 'military_civilian' | 'military_retired' | 'hong_kong' | 'macao' | 'taiwan_travel_permit'
  | 'permanent_residence' | 'passport' | 'household_register' | 'other'

export interface Captcha {
  id: string
  form: 'image' | 'text' | 'sound'
  image?: string
  sound?: string
  question?: string
  expires_at: string
}

export interface CaptchaAnswer {
  id: string
  answer: string
}

export type GuardianRelation = 'father' | 'mother' | 'grandparent' | 'other'
export type ConsentPurpose = 'identity' | 'e_card'

export interface ConsentInput {
  guardian_name: string
  relation: GuardianRelation
  phone: string
  policy_version: string
  purposes: ConsentPurpose[]
}

export interface Consent {
  id: string
  purpose: ConsentPurpose
  policy_version: string
  guardian_name: string
  relation: GuardianRelation
  guardian_phone: string
  given_at: string
  withdrawn_at?: string
}

export interface Registration {
  document: { kind: DocumentKind; number: string }
  name: string
  birth_date?: string
  user_name: string
  password: string
  phone?: string
  captcha: CaptchaAnswer
  consent?: ConsentInput
  language: Me['language']
  transport: 'cookie'
}

export interface SignIn {
  login: string
  password: string
  captcha: CaptchaAnswer
  transport: 'cookie'
  device_name?: string
  /** What an earlier sign-in on this device gave. */
  device_token?: string
}

export interface SignedIn {
  account_id: string
  session_id: string
  device_token: string
  expires_at: string
  me: Me
}

export interface SessionView {
  id: string
  device_name: string
  user_agent: string
  network: string
  transport: 'cookie' | 'token'
  created_at: string
  last_seen_at: string
  expires_at: string
  current: boolean
}

export interface SignInEvent {
  id: string
  at: string
  outcome: 'signed_in' | 'refused'
  network: string
  device_name: string
}

export interface Me {
  account_id: string
  /** Once certified. */
  person_id?: string
  session_id: string
  user_name: string
  name: string
  document_kind?: DocumentKind
  document_number?: string
  birth_date?: string
  phone?: string
  language: 'zh_cn' | 'en'
  must_change_password: boolean
  roles: RoleView[]
  next: ('change_password' | 'apply')[]
}

export interface Appointment {
  id: string
  account_id: string
  user_name: string
  name: string
  role: Role
  organisation_id: string
  starts_at: string
  ends_at?: string
  appointed_by?: string
}

export interface Appoint {
  organisation_id: string
  role: Role
  user_name: string
  name?: string
  starts_at?: string
  ends_at?: string
  replace?: boolean
}

export interface Appointed {
  appointment: Appointment
  /** Shown once, to be handed over in person. */
  one_time_password?: string
  one_time_password_expires_at?: string
}

export interface AccountPaths {
  '/api/v1/captchas': { post: Operation<Captcha, { body: { form: Captcha['form']; language: Me['language']; strong?: boolean } }> }
  '/api/v1/policies/current': { get: Operation<{ version: string; language: Me['language']; text: string }> }
  '/api/v1/accounts': { post: Operation<SignedIn, { body: Registration }> }
  '/api/v1/me': { get: Operation<Me>; patch: Operation<Me, { body: { language?: Me['language']; phone?: string } }> }
  '/api/v1/me/password': { put: Operation<void, { body: { current_password: string; new_password: string } }> }
  '/api/v1/me/sign-ins': { get: Operation<Page<SignInEvent>, { query?: { cursor?: string; limit?: number } }> }
  '/api/v1/me/consents': { get: Operation<Consent[]> }
  '/api/v1/me/consents/{id}/withdraw': { post: Operation<void, { path: { id: string } }> }
  '/api/v1/sessions': { get: Operation<SessionView[]>; post: Operation<SignedIn, { body: SignIn }>; delete: Operation<void> }
  '/api/v1/sessions/{id}': { delete: Operation<void, { path: { id: string } }> }
  '/api/v1/appointments': {
    get: Operation<Page<Appointment>, { query: { organisation_id: string; below?: boolean; cursor?: string; limit?: number } }>
    post: Operation<Appointed, { body: Appoint }>
  }
  '/api/v1/appointments/{id}': { delete: Operation<void, { path: { id: string } }> }
}
