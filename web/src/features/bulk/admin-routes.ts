import { administrators, type FeatureRoute } from '@/app/features'
import { t } from './titles'

export const routes: FeatureRoute[] = [
  { path: '/admin/bulk-works', component: () => import('./BulkWorksPage.vue'), meta: { shell: 'admin', title: () => t('title'), access: administrators } },
  { path: '/admin/bulk-works/:id', component: () => import('./BulkWorkPage.vue'), meta: { shell: 'admin', title: () => t('title'), access: administrators } },
]
