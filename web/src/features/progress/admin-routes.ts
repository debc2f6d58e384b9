import { allRoles, type FeatureRoute } from '@/app/features'
import { t } from './titles'

export const routes: FeatureRoute[] = [
  { path: '/admin/progress', component: () => import('./ProgressPage.vue'), meta: { shell: 'admin', title: () => t('title'), access: allRoles } },
]
