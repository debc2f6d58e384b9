import type { FeatureRoute } from '@/app/features'
import { t } from './titles'

export const routes: FeatureRoute[] = [
  { path: '/office-invitation', component: () => import('./InvitationPage.vue'), meta: { shell: 'plain', access: 'anyone', title: () => t('invitation') } },
]
