import type { AppClaim } from '@/api/portal'
import { t } from '@/features/oidc/texts'
import { comma } from '@/lib/i18n'

export const allClaims: readonly AppClaim[] = ['name', 'role', 'stage', 'school', 'class_name', 'card_number']
export const claimName = (claim: AppClaim) => t(`claim_${claim}`)
export const claimNames = (claims: readonly AppClaim[]) => claims.map(claimName).join(comma())
