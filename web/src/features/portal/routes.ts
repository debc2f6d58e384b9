import type { FeatureRoute } from '@/app/features'
import { t } from './titles'

export const routes: FeatureRoute[] = [
  { path: '/apps', component: () => import('./DirectoryPage.vue'), meta: { shell: 'citizen', title: () => t('directory') } },
  { path: '/apps/join', component: () => import('./JoinPage.vue'), meta: { shell: 'citizen', title: () => t('join') } },
  { path: '/developer', component: () => import('./AppsPage.vue'), meta: { shell: 'citizen', title: () => t('developer') } },
  { path: '/developer/:id', component: () => import('./AppPage.vue'), meta: { shell: 'citizen', title: () => t('app') } },
]
