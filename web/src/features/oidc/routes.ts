import type { FeatureRoute } from '@/app/features'
import { t } from './titles'

export const routes: FeatureRoute[] = [
  { path: '/authorize', component: () => import('./AuthorizePage.vue'), meta: { shell: 'plain', access: 'anyone', title: () => t('authorize') } },
  { path: '/me/apps', component: () => import('./ConnectedAppsPage.vue'), meta: { shell: 'citizen', title: () => t('apps') } },
]
