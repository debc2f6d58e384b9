import type { FeatureRoute } from '@/app/features'
import { t } from './titles'

export const routes: FeatureRoute[] = [
  { path: '/card', component: () => import('./CardPage.vue'), meta: { shell: 'citizen', title: () => t('card') } },
  { path: '/card/devices', component: () => import('./DevicesPage.vue'), meta: { shell: 'citizen', title: () => t('devices') } },
  { path: '/verify', component: () => import('./VerifyPage.vue'), meta: { shell: 'plain', access: 'anyone', title: () => t('verify') } },
]
