import type { FeatureRoute } from '@/app/features'
import { t } from './titles'

export const routes: FeatureRoute[] = [
  { path: '/apply', component: () => import('./ApplicationsPage.vue'), meta: { shell: 'citizen', title: () => t('application') } },
  { path: '/apply/:id/:step?', component: () => import('./ProfilePage.vue'), meta: { shell: 'citizen', title: () => t('apply') } },
  { path: '/applications/:id', component: () => import('./ApplicationPage.vue'), meta: { shell: 'citizen', title: () => t('application') } },
]
