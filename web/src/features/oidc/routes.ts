import type { FeatureRoute } from '@/app/features'
import { t } from './titles'

export const routes: FeatureRoute[] = [
  { path: '/authorize', component: () => import('./AuthorizePage.vue'), meta: { shell: 'plain', access: 'anyone', title: () => t('authorize') } },
  { path: '/device', component: () => import('./DevicePage.vue'), meta: { shell: 'plain', access: 'anyone', title: () => t('device') } },
  { path: '/logout', component: () => import('./LogoutPage.vue'), meta: { shell: 'plain', access: 'anyone', title: () => t('logout') } },
  { path: '/me/apps', component: () => import('./ConnectedAppsPage.vue'), meta: { shell: 'citizen', title: () => t('apps') } },
]
