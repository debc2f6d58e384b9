import type { FeatureRoute } from '@/app/features'
import { t } from './titles'

export const routes: FeatureRoute[] = [
  { path: '/training', component: () => import('./MinePage.vue'), meta: { shell: 'citizen', title: () => t('mine') } },
  { path: '/training/:id', component: () => import('./SessionPage.vue'), meta: { shell: 'citizen', title: () => t('session') } },
]
