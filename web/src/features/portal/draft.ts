// An app's settings as a form edits them: lists as lines, claims as one choice each.
import type { AppClaim, AppDraft, Category } from '@/api/portal'
import { allClaims, claimName, claimNames } from './claim-names'
import { t as label } from './labels'
import { t } from './portal-texts'

export type Need = 'no' | 'voluntary' | 'essential'
export type Algorithm = AppDraft['id_token_algorithm']

export interface Fields {
  name: string
  purpose: string
  description: string
  home_url: string
  contact: string
  category: Category
  logo: string | null
  listed: boolean
  redirect_uris: string
  post_logout_redirect_uris: string
  backchannel_logout_uri: string
  claims: Record<AppClaim, Need>
  id_token_algorithm: Algorithm
  service: boolean
  pushed: boolean
  bound: boolean
  device: boolean
}

const lines = (text: string) => text.split(/\s+/).filter(Boolean)
const needOf = (claim: AppClaim, draft?: AppDraft): Need => (draft?.essential.includes(claim) ? 'essential' : draft?.voluntary.includes(claim) ? 'voluntary' : 'no')

export function fieldsOf(draft?: AppDraft): Fields {
  return {
    name: draft?.name ?? '',
    purpose: draft?.purpose ?? '',
    description: draft?.shown.description ?? '',
    home_url: draft?.shown.home_url ?? '',
    contact: draft?.shown.contact ?? '',
    category: draft?.shown.category ?? 'learning',
    logo: draft?.shown.logo ?? null,
    listed: draft?.shown.listed ?? true,
    redirect_uris: draft?.redirect_uris.join('\n') ?? '',
    post_logout_redirect_uris: draft?.post_logout_redirect_uris.join('\n') ?? '',
    backchannel_logout_uri: draft?.backchannel_logout_uri ?? '',
    claims: Object.fromEntries(allClaims.map(claim => [claim, draft ? needOf(claim, draft) : claim === 'name' ? 'essential' : 'no'])) as Record<AppClaim, Need>,
    id_token_algorithm: draft?.id_token_algorithm ?? 'ES256',
    service: draft?.service ?? false,
    pushed: draft?.pushed ?? false,
    bound: draft?.bound ?? false,
    device: draft?.device ?? false,
  }
}

export function draftOf(fields: Fields): AppDraft {
  const those = (need: Need) => allClaims.filter(claim => fields.claims[claim] === need)
  return {
    name: fields.name,
    purpose: fields.purpose,
    redirect_uris: lines(fields.redirect_uris),
    essential: those('essential'),
    voluntary: those('voluntary'),
    id_token_algorithm: fields.id_token_algorithm,
    service: fields.service,
    pushed: fields.pushed,
    bound: fields.bound,
    device: fields.device,
    post_logout_redirect_uris: lines(fields.post_logout_redirect_uris),
    backchannel_logout_uri: fields.backchannel_logout_uri.trim() || null,
    shown: {
      description: fields.description,
      home_url: fields.home_url.trim() || null,
      contact: fields.contact,
      category: fields.category,
      logo: fields.logo,
      listed: fields.listed,
    },
  }
}

export interface Line {
  what: string
  text: string
  logo?: string | null
}

/** What a reviewer reads, one line for each setting. */
export function linesOf(draft: AppDraft): Line[] {
  const yes = (value: boolean) => t(value ? 'yes' : 'no')
  return [
    { what: t('f_name'), text: draft.name },
    { what: t('f_purpose'), text: draft.purpose },
    { what: t('f_description'), text: draft.shown.description },
    { what: t('f_category'), text: label(draft.shown.category) },
    { what: t('f_contact'), text: draft.shown.contact },
    { what: t('f_home_url'), text: draft.shown.home_url ?? '' },
    { what: t('f_listed'), text: yes(draft.shown.listed) },
    { what: t('f_essential'), text: claimNames(draft.essential) },
    { what: t('f_voluntary'), text: claimNames(draft.voluntary) },
    { what: t('f_redirect_uris'), text: draft.redirect_uris.join('\n') },
    { what: t('f_post_logout_redirect_uris'), text: draft.post_logout_redirect_uris.join('\n') },
    { what: t('f_backchannel_logout_uri'), text: draft.backchannel_logout_uri ?? '' },
    { what: t('f_id_token_algorithm'), text: draft.id_token_algorithm },
    { what: t('f_service'), text: yes(draft.service) },
    { what: t('f_pushed'), text: yes(draft.pushed) },
    { what: t('f_bound'), text: yes(draft.bound) },
    { what: t('f_device'), text: yes(draft.device) },
    { what: t('f_logo'), text: draft.shown.logo ?? '', logo: draft.shown.logo ?? null },
  ]
}

export { claimName }
